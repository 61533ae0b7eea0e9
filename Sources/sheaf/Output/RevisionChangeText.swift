import SheafArchive
import SheafModel

/// What revisions changed, for people: a line for each revision, and below it the fields and resources that differ.
struct RevisionChangeText {
    let style: TextStyle

    /// The lines with their ends.
    func render(_ changes: [RevisionChange]) throws -> String {
        try changes.map { try lines($0).map { $0 + "\n" }.joined() }.joined(separator: "\n")
    }

    private func lines(_ change: RevisionChange) throws -> [String] {
        let revision = change.revision
        let facts = [
            revision.operationInWords, revision.version, revision.commitInWords,
            revision.environment.map { "environment \($0)" }, "by \(revision.author)",
            Rendering.date(revision.startedAt), revision.messageInWords,
        ].compactMap { $0 }
        let title = style.text("revision \(revision.number), \(revision.stateInWords)", .strong)
        let head = "\(title): \(PrintableText.oneLine(facts.joined(separator: ", ")))"
        let against = change.before.map { "against revision \($0):" } ?? "against nothing:"
        if let note = change.note { return [head, style.text("  \(PrintableText.oneLine(note))", .caution)] }
        guard let record = change.record else { return [head] }
        let text = ComparisonText(record: record, style: style, context: TextDifference.standardContext)
        let body = try text.changes()
        return [head, style.text("  \(against)", .faint)] + (body.isEmpty ? ["  no field differs"] : body)
    }
}
