internal import SheafModel

/// What became of the scalars with expressions, so that later findings about them say the right thing.
struct ExpressionPlaces {
    enum Outcome {
        /// Left for later; whatever is said about the value before it is known is beside the point.
        case open
        /// Could not be replaced, which is reported already; what follows from that need not be.
        case failed
        /// An escaped expression, which is meant to stay.
        case escaped
        /// Replaced by a value that was defined elsewhere.
        case filled(SourceSpan)
        /// Replaced by a secret, which is a text.
        case secret
    }

    private struct Position: Hashable {
        var file: String
        var line: Int
        var column: Int

        init(_ span: SourceSpan) { (file, line, column) = (span.file, span.line, span.column) }
    }

    private var outcomes: [Position: Outcome] = [:]

    /// Whether any scalar had an expression or a variable.
    var isEmpty: Bool { outcomes.isEmpty }

    mutating func note(_ outcome: Outcome, at span: SourceSpan) { outcomes[Position(span)] = outcome }

    /// The findings of those who read the manifests after the expressions were replaced, as they should be told.
    func settle(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        guard !outcomes.isEmpty else { return diagnostics }
        return diagnostics.compactMap(settle)
    }

    private func settle(_ diagnostic: Diagnostic) -> Diagnostic? {
        guard let span = diagnostic.span, let outcome = outcomes[Position(span)] else { return diagnostic }
        var diagnostic = diagnostic
        switch outcome {
        case .open, .failed: return nil
        case .escaped: return diagnostic.code == ManifestCode.unresolvedPlaceholder.rawValue ? nil : diagnostic
        case .filled(let origin) where origin.isElsewhere:
            diagnostic.help = [diagnostic.help, "the value comes from \(origin.file)"].compactMap(\.self)
                .joined(separator: "; ")
        case .filled(let origin):
            diagnostic.related.append(.init(message: "the value is given here", span: origin))
        case .secret:
            diagnostic.help = diagnostic.help ?? "a secret is a text, and stands only where any text may stand"
        }
        return diagnostic
    }
}
