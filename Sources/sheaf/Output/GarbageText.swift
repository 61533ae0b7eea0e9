import SheafArchive
import SheafModel
import SheafStore

/// What `gc` tells.
struct GarbageText {
    /// What programs see.
    struct Record: Encodable {
        struct Item: Encodable {
            var kind: String
            var path: String
            var size: Int64
            var reason: String
        }

        struct Total: Encodable {
            var count: Int
            var size: Int64
        }

        var dryRun: Bool
        /// Revisions that left the history first.
        var forgotten: [ForgottenRevisions]
        var freed: Int64
        var removed: [Item]
        var keptBlobs: Total
        var keptFrames: Total
        var foreign: [String]
        var missing: [String]
    }

    private let report: GarbageReport
    private let forgotten: [ForgottenRevisions]
    private let isDryRun: Bool

    init(_ report: GarbageReport, forgotten: [ForgottenRevisions] = [], isDryRun: Bool) {
        self.report = report
        self.forgotten = forgotten
        self.isDryRun = isDryRun
    }

    var record: Record {
        Record(
            dryRun: isDryRun,
            forgotten: forgotten,
            freed: report.size,
            removed: report.garbage.map {
                Record.Item(kind: $0.kind.rawValue, path: $0.path, size: $0.size, reason: $0.reason)
            },
            keptBlobs: total(report.keptBlobs),
            keptFrames: total(report.keptFrames),
            foreign: report.foreign,
            missing: report.missing
        )
    }

    private func total(_ total: GarbageReport.Total) -> Record.Total {
        Record.Total(count: total.count, size: total.size)
    }

    /// What people should know besides.
    var notes: [String] {
        report.foreign.map { "left alone, because it is not Sheaf's: \($0)" }
            + report.missing.map { "needed, and not there: \($0)" }
    }

    /// The files, frames together, and the sums.
    var table: String {
        let verb = isDryRun ? "would free" : "freed"
        var lines = ""
        if !report.garbage.isEmpty {
            var table = TableText([isDryRun ? "would remove" : "removed", "size", "because"])
            for item in report.garbage where item.kind != .frame {
                table.add([item.path, ByteSize(bytes: item.size).description, item.reason])
            }
            let frames = Dictionary(grouping: report.garbage.filter { $0.kind == .frame }, by: \.reason)
            for (reason, items) in frames.sorted(by: { $0.key < $1.key }) {
                let size = items.reduce(0) { $0 + $1.size }
                table.add(["\(Self.count(items.count, "file")) of frames/", ByteSize(bytes: size).description, reason])
            }
            lines = table.render()
        }
        let kept =
            "\(Self.count(report.keptBlobs.count, "blob")) (\(ByteSize(bytes: report.keptBlobs.size))) and"
            + " \(Self.count(report.keptFrames.count, "frame")) (\(ByteSize(bytes: report.keptFrames.size)))"
        return lines + "\(report.garbage.isEmpty ? "nothing to remove" : "\(verb) \(ByteSize(bytes: report.size))")"
            + "; needed or useful: \(kept)\n"
    }

    private static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
