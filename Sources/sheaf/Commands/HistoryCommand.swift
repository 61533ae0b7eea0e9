import ArgumentParser
import FoundationEssentials
import SheafModel
import SheafStore

/// `sheaf history`.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the revisions of a bundle, newest first.",
        discussion: """
            EXAMPLES
              sheaf history shop
              sheaf history shop --output json
            """
    )

    @Argument(help: "The bundle's name.")
    var bundle: String

    @OptionGroup var format: OutputOptions

    func run() throws {
        let context = try CommandContext()
        let store = try KnownBundle.store(of: bundle, in: context)
        let revisions = try store.revisions(of: bundle)
        let waiting = try store.pendingConfirmations(of: bundle).first
        try Rendering.show(revisions, as: format.output) {
            var table = TableText([
                "revision", "state", "operation", "version", "commit", "by", "started", "took", "message",
            ])
            for revision in revisions { table.add(row(revision)) }
            return table.render() + (waiting.map { "\n\($0.inWords)\n" } ?? "")
        }
    }

    private func row(_ revision: Revision) -> [String?] {
        let operation = revision.restores.map { "rollback to \($0)" } ?? revision.operation.rawValue
        let commit = revision.provenance?.commit.map {
            "\($0.prefix(12))\(revision.provenance?.dirty == true ? "+" : "")"
        }
        let took = revision.finishedAt.map { finished in
            let milliseconds = Int((finished.timeIntervalSince(revision.startedAt) * 1000).rounded())
            return "\(milliseconds / 1000).\(milliseconds % 1000 / 100)s"
        }
        return [
            String(revision.number), revision.stateInWords, operation, revision.version, commit, revision.author,
            Rendering.date(revision.startedAt), took, revision.failure ?? revision.message,
        ]
    }
}
