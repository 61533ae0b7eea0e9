import SheafModel

/// Copies of the data of volumes in words.
enum SnapshotText {
    /// Such as `its data is copied aside: 12 MiB in 40 files, blocks shared`.
    static func taken(_ snapshot: Snapshot) -> String {
        let unsettled = snapshot.content.unsettled
        let warning =
            unsettled == 0
            ? "" : "; \(files(unsettled)) \(unsettled == 1 ? "was" : "were") written meanwhile and may mix old and new"
        return "its data is copied aside: \(size(snapshot.content))"
            + "\(snapshot.content.method == .reflink ? ", blocks shared" : "")\(warning)"
    }

    /// How to get back what was there before a revision that failed.
    static func kept(bundle: String, revision: Int, live: Int?, volumes: [ResourceID]) -> String {
        let names = volumes.map(\.description).joined(separator: ", ")
        let remedy =
            live.map { "'sheaf rollback \(bundle) --to \($0) --with-data' puts it back" }
            ?? "'sheaf snapshots \(bundle)' says where"
        return "what revision \(revision) did to the data of \(names) is not undone; the data from before is kept:"
            + " \(remedy)"
    }

    private static func size(_ content: SnapshotContent) -> String {
        "\(ByteSize(bytes: content.bytes ?? 0)) in \(files(content.files ?? 0))"
    }

    private static func files(_ count: Int) -> String { "\(count) \(count == 1 ? "file" : "files")" }
}
