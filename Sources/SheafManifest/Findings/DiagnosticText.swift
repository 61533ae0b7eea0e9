package import SheafModel

/// Writes a diagnostic for people, with the line it is about and a caret below.
package struct DiagnosticText {
    /// Renders one diagnostic on several lines, without a line feed at the end.
    ///
    /// - Parameters:
    ///   - diagnostic: The finding.
    ///   - sources: Display path -> bytes; a file that is missing is named without its text.
    ///   - colour: Whether to add terminal colours.
    /// - Returns: The text; tabs and control characters of the source are replaced.
    package static func render(_ diagnostic: Diagnostic, sources: [String: [UInt8]], colour: Bool) -> String {
        let paint = Paint(isOn: colour)
        let severity = diagnostic.severity
        let label = paint.severity("\(severity.rawValue)[\(diagnostic.code)]", severity)
        var lines = ["\(label)\(paint.bold(": " + diagnostic.message))"]
        let margin = String(repeating: " ", count: diagnostic.span.map { String($0.line).count } ?? 1)
        if let span = diagnostic.span {
            lines.append("\(margin)\(paint.margin("-->")) \(place(span))")
            lines.append(contentsOf: snippet(span, sources, margin, severity, paint))
        }
        for related in diagnostic.related {
            lines.append("\(margin) \(paint.margin("=")) note: \(related.message): \(place(related.span))")
        }
        if let help = diagnostic.help { lines.append("\(margin) \(paint.margin("=")) help: \(help)") }
        return lines.joined(separator: "\n")
    }

    private static func place(_ span: SourceSpan) -> String { "\(span.file):\(span.line):\(span.column)" }

    private static func snippet(
        _ span: SourceSpan,
        _ sources: [String: [UInt8]],
        _ margin: String,
        _ severity: Diagnostic.Severity,
        _ paint: Paint
    ) -> [String] {
        guard let bytes = sources[span.file], let line = line(span.line, of: bytes) else { return [] }
        let last = span.endLine == span.line ? span.endColumn : line.unicodeScalars.count + 1
        let width = max(1, min(last, line.unicodeScalars.count + 1) - span.column)
        let bar = paint.margin("|")
        let caret =
            String(repeating: " ", count: max(0, span.column - 1))
            + paint.severity(
                String(repeating: "^", count: width),
                severity
            )
        return [
            "\(margin) \(bar)",
            "\(paint.margin(String(span.line))) \(bar) \(line)",
            "\(margin) \(bar) \(caret)",
        ]
    }

    /// A line's text; control characters are replaced, so that a manifest cannot steer the terminal.
    private static func line(_ number: Int, of bytes: [UInt8]) -> String? {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.indices.contains(number - 1) else { return nil }
        var line = lines[number - 1]
        if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        var text = String.UnicodeScalarView()
        for scalar in String(decoding: line, as: UTF8.self).unicodeScalars {
            let isControl = scalar.value < 32 || (127..<160).contains(scalar.value)
            text.append(scalar == "\t" ? " " : isControl ? "\u{FFFD}" : scalar)
        }
        return String(text)
    }
}

/// Terminal colours, or none.
private struct Paint {
    let isOn: Bool

    func bold(_ text: String) -> String { wrap(text, "1") }
    func margin(_ text: String) -> String { wrap(text, "34") }

    func severity(_ text: String, _ severity: Diagnostic.Severity) -> String {
        switch severity {
        case .error: wrap(text, "1;31")
        case .warning: wrap(text, "1;33")
        case .note: wrap(text, "1;36")
        }
    }

    private func wrap(_ text: String, _ code: String) -> String { isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}
