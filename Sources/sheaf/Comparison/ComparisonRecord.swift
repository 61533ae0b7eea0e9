import SheafManifest
import SheafModel

/// How two releases differ, for programs.
struct ComparisonRecord: Encodable {
    struct Totals: Encodable {
        struct Resources: Encodable { var added, removed, changed, unchanged: Int }
        struct Files: Encodable { var added, removed, changed, renamed, insertions, deletions: Int }

        var resources: Resources
        var files: Files
    }

    var from: ComparedRelease.Head
    var to: ComparedRelease.Head
    var isEqual: Bool
    /// Name, version and origin.
    var release: [Change.Difference]
    var bundle: [Change.Difference]
    var resources: [ResourceChange]
    var images: [NamedVersionChange]
    var stacks: [NamedVersionChange]
    var files: [FileRecord]
    var notes: [String]
    var totals: Totals

    init(
        _ comparison: ReleaseComparison,
        from: ComparedRelease.Head,
        to: ComparedRelease.Head,
        files: [FileRecord],
        notes: [String],
        known: KnownSecrets
    ) {
        (self.from, self.to, self.files, self.notes) = (from, to, files, notes)
        isEqual = comparison.isEmpty && files.isEmpty
        release = comparison.release
        bundle = comparison.bundle.map { Self.masked($0, known) }
        resources = comparison.resources.map { change in
            var change = change
            change.differences = change.differences.map { Self.masked($0, known) }
            return change
        }
        images = comparison.images.map { Self.masked($0, known) }
        stacks = comparison.stacks
        totals = Totals(
            resources: Totals.Resources(
                added: comparison.count(.added),
                removed: comparison.count(.removed),
                changed: comparison.count(.changed),
                unchanged: comparison.unchangedResources
            ),
            files: Totals.Files(
                added: files.count { $0.action == .added },
                removed: files.count { $0.action == .removed },
                changed: files.count { $0.action == .changed },
                renamed: files.count { $0.action == .renamed },
                insertions: files.reduce(0) { $0 + ($1.insertions ?? 0) },
                deletions: files.reduce(0) { $0 + ($1.deletions ?? 0) }
            )
        )
    }

    /// A secret may stand a second time in a field that is none, such as an argument.
    private static func masked(_ difference: Change.Difference, _ known: KnownSecrets) -> Change.Difference {
        guard !difference.isSecret else { return difference }
        var masked = difference
        masked.before = difference.before.map(known.masked)
        masked.after = difference.after.map(known.masked)
        masked.isSecret = masked.before == masked.after
        return masked
    }

    private static func masked(_ change: NamedVersionChange, _ known: KnownSecrets) -> NamedVersionChange {
        var masked = change
        masked.name = known.masked(change.name)
        masked.before = change.before.map { known.masked($0) }
        masked.after = change.after.map { known.masked($0) }
        return masked
    }
}
