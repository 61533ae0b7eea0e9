import ArgumentParser
import FoundationEssentials
import SheafExecutor
import SheafModel
import SheafStore

/// `sheaf snapshots`.
struct SnapshotsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshots",
        abstract: "List the copies of the data of a bundle's volumes, newest first.",
        discussion: """
            Each is the data from just before a revision. A bundle asks for them in its properties:

              bundle:
                properties:
                  sheaf.dev/snapshot: before-change

            EXAMPLES
              sheaf snapshots shop
              sheaf rollback shop --with-data
            """
    )

    @Argument(help: "The bundle's name.")
    var bundle: String

    @OptionGroup var format: OutputOptions

    private struct Record: Encodable {
        var beforeRevision: Int
        var volume: String
        var method: String
        var bytes: Int64?
        var files: Int?
        var unsettled: Int
        var takenAt: Date
        var location: String
    }

    func run() throws {
        let context = try CommandContext()
        let snapshots = try KnownBundle.store(of: bundle, in: context).snapshots(of: bundle)
        let records = snapshots.reversed().map { snapshot in
            Record(
                beforeRevision: snapshot.id.revision,
                volume: snapshot.id.volume.description,
                method: snapshot.content.method.rawValue,
                bytes: snapshot.content.bytes,
                files: snapshot.content.files,
                unsettled: snapshot.content.unsettled,
                takenAt: snapshot.takenAt,
                location: context.executor.folder(ofSnapshot: snapshot.id)
            )
        }
        try Rendering.show(records, as: format.output) {
            guard !records.isEmpty else {
                return "no copies of data; a bundle asks for them with '\(SnapshotRule.property)' in its properties\n"
            }
            var table = TableText(["before", "volume", "size", "files", "method", "taken", "location"])
            for record in records { table.add(row(record)) }
            return table.render()
        }
    }

    private func row(_ record: Record) -> [String?] {
        [
            String(record.beforeRevision), record.volume, record.bytes.map { ByteSize(bytes: $0).description },
            record.files.map(String.init), record.method, Rendering.date(record.takenAt), record.location,
        ]
    }
}
