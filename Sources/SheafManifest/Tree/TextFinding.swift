internal import SheafModel

/// Something that is wrong or doubtful in a text, at bytes of it.
struct TextFinding: Sendable {
    /// Another place that explains the finding.
    struct Related: Sendable {
        var message: String
        var range: Range<Int>
    }

    var code: ManifestCode
    /// Nil for that of the code.
    var severity: Diagnostic.Severity?
    var message: String
    var range: Range<Int>
    var help: String?
    var related: [Related]
    /// The changes of the text that mend it, where they are clear.
    var mending: [MendedText.Edit] = []

    /// Whether the changes can give the text no other meaning than the one it was meant to have.
    ///
    /// A line in another column may belong to another key; what is put in quotes, or spaces for tabs, say the same.
    var isMendingSafe: Bool {
        [.tab, .oddSpace, .unquotedPlaceholder, .unquotedText, .missingSpace].contains(code)
    }

    init(
        _ code: ManifestCode,
        _ message: String,
        at range: Range<Int>,
        severity: Diagnostic.Severity? = nil,
        help: String? = nil,
        related: [Related] = []
    ) {
        self.code = code
        self.severity = severity
        self.message = message
        self.range = range
        self.help = help
        self.related = related
    }

    /// The same about another text.
    func moved(_ place: (Range<Int>) -> Range<Int>) -> TextFinding {
        var finding = self
        finding.range = place(range)
        finding.related = related.map { Related(message: $0.message, range: place($0.range)) }
        return finding
    }
}

extension TreeBuilder {
    /// Reports a finding whose bytes are those of a file.
    mutating func report(_ finding: TextFinding, _ source: SourceText) {
        report(
            finding.code,
            finding.message,
            at: source.span(finding.range),
            severity: finding.severity,
            help: finding.help,
            related: finding.related.map { .init(message: $0.message, span: source.span($0.range)) },
            fix: fix(finding, source)
        )
    }

    private func fix(_ finding: TextFinding, _ source: SourceText) -> Diagnostic.Fix? {
        guard !finding.mending.isEmpty else { return nil }
        let edits = finding.mending.map {
            Diagnostic.Fix.Edit(
                span: source.span($0.range),
                replacement: String(decoding: $0.replacement, as: UTF8.self)
            )
        }
        return Diagnostic.Fix(title: finding.help ?? finding.message, edits: edits, isSafe: finding.isMendingSafe)
    }
}
