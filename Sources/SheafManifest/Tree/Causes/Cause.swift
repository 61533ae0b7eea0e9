/// What may be wrong in a text that cannot be read, and how the text would look without the mistake.
///
/// Whether it is the cause is tried out: the text with the changes must be readable beyond the place where reading
/// stopped.
struct Cause: Sendable {
    /// What to say; places are those of the broken text.
    var findings: [TextFinding]
    /// The changes that undo the mistake.
    var edits: [MendedText.Edit]
    /// Whether the changed text surely means what was meant, so that what is wrong in it is wrong indeed.
    var isClear = true

    init(_ findings: [TextFinding], _ edits: [MendedText.Edit], isClear: Bool = true) {
        self.findings = findings
        self.edits = edits
        self.isClear = isClear
    }

    init(_ finding: TextFinding, _ edits: [MendedText.Edit], isClear: Bool = true) {
        self.init([finding], edits, isClear: isClear)
    }
}

/// Knows one kind of mistake.
protocol CauseDetector: SendableMetatype {
    /// What this kind of mistake could be in the text, the likeliest first; empty when nothing looks like it.
    static func causes(in text: BrokenText) -> [Cause]
}
