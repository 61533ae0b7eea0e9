internal import SheafModel

/// Expressions inside a text.
extension ValueEvaluator {
    /// The text that parts make, when the expressions in it are replaced.
    ///
    /// - Parameters:
    ///   - parts: Without variables; what is no expression of ours stays as it is written.
    ///   - place: Where the text stands.
    /// - Returns: nil after the reason was reported; all parts are looked at.
    mutating func text(of parts: [TextPart], at place: SourceSpan) -> String? {
        var text = ""
        var isComplete = true
        for part in parts {
            switch part {
            case .literal(let piece): text += piece
            case .variable(_, let written): text += written
            case .expression(let inside, let written):
                switch Expression.read(inside) {
                case .foreign: text += written
                case .malformed(let reason):
                    reportMalformed(written, reason, at: place)
                    isComplete = false
                case .expression(let expression):
                    guard let piece = self.text(of: expression, at: place) else {
                        isComplete = false
                        continue
                    }
                    text += piece
                }
            }
        }
        return isComplete ? text : nil
    }

    /// The text that an expression stands for; nil after the reason was reported.
    mutating func text(of expression: Expression, at place: SourceSpan) -> String? {
        guard let node = value(of: expression, at: place) else { return nil }
        if let text = node.text { return text }
        findings.report(
            .wrongValueType,
            "'\(expression.text)' is \(node.kindInWords) and cannot stand inside a text",
            at: place,
            help: elsewhere(node.span) ?? "name a single value, or let the expression stand alone",
            related: related(node.span)
        )
        return nil
    }

    mutating func reportMalformed(_ written: String, _ reason: String, at place: SourceSpan) {
        findings.report(.invalidExpression, "'\(written)' is no expression: \(reason)", at: place)
    }
}
