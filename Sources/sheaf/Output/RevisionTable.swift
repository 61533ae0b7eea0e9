import FoundationEssentials
import SheafModel

/// The revisions of a bundle as a table.
struct RevisionTable {
    private let revisions: [Revision]

    init(_ revisions: [Revision]) { self.revisions = revisions }

    /// The lines with their ends; the environment has a column only where one was given.
    func render() -> String {
        let hasEnvironments = revisions.contains { $0.environment != nil }
        var headings = ["revision", "state", "operation", "version", "commit", "archive"]
        headings += (hasEnvironments ? ["environment"] : []) + ["by", "started", "took", "message"]
        var table = TableText(headings)
        for revision in revisions {
            let source = [revision.version, revision.commitInWords, revision.archive?.short]
            let environment = hasEnvironments ? [revision.environment] : []
            let outcome = [
                revision.author, Rendering.date(revision.startedAt), revision.tookInWords, revision.messageInWords,
            ]
            table.add(
                [String(revision.number), revision.stateInWords, revision.operationInWords] + source + environment
                    + outcome
            )
        }
        return table.render()
    }
}
