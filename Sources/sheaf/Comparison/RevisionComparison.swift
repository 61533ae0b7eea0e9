import SheafArchive
import SheafManifest
import SheafModel
import SheafStore

/// What a revision changed of what was live before it, for programs.
struct RevisionChange: Encodable {
    var revision: Revision
    /// The revision that was live before; nil when nothing was.
    var before: Int?
    /// Version, origin and environment; empty for a first revision and a delete.
    var release: [Change.Difference] = []
    /// Fields of the bundle's own manifest.
    var bundle: [Change.Difference] = []
    var resources: [ResourceChange] = []
    /// Why there is nothing to compare.
    var note: String?
    /// The whole comparison, for the text.
    var record: ComparisonRecord?

    private enum CodingKeys: CodingKey { case revision, before, release, bundle, resources, note }
}

/// Compares the revisions of a bundle, each with what was live before it.
struct RevisionComparison {
    private let revisions: [Revision]
    /// The revisions that were live at some time, also those that have left the history.
    private let onceLive: Set<Int>
    private let content: ContentDirectory

    /// - Parameters:
    ///   - revisions: All of the bundle, newest first.
    ///   - bundle: Its name.
    ///   - store: Knows which revisions were live, also those that have left the history.
    ///   - content: Has the resolved bundles.
    /// - Throws: `StoreError` when the event log cannot be read.
    init(_ revisions: [Revision], of bundle: String, store: Store, content: ContentDirectory) throws {
        self.revisions = revisions
        self.content = content
        var query = EventQuery()
        query.bundle = bundle
        query.kinds = [.committed]
        let kept = revisions.filter { [.live, .superseded].contains($0.state) }.map(\.number)
        onceLive = Set(try store.events(query).compactMap(\.revision) + kept)
    }

    /// What a revision changed, or tried to.
    func change(_ revision: Revision) -> RevisionChange {
        let number = onceLive.filter { $0 < revision.number }.max()
        let before = revisions.first { $0.number == number }
        var change = RevisionChange(revision: revision, before: number)
        if let number, before == nil {
            change.note = "what was live before it has left the history: revision \(number)"
            return change
        }
        do {
            let record = try record(revision, before: before)
            change.record = record
            (change.release, change.bundle, change.resources) = (record.release, record.bundle, record.resources)
        } catch let error as any SheafError {
            change.note = "it cannot be compared: \(error.message)"
        } catch {
            change.note = "it cannot be compared: \(error)"
        }
        return change
    }

    private func record(_ revision: Revision, before: Revision?) throws -> ComparisonRecord {
        let new = try ComparedRelease.applied(revision, as: name(revision), from: content)
        let old =
            try before.map { try ComparedRelease.applied($0, as: name($0), from: content) }
            ?? ComparedRelease(head: new.head, bundle: nil)
        var record = ComparisonRecord(
            ReleaseComparison(from: old, to: new),
            from: old.head,
            to: new.head,
            files: [],
            notes: [],
            known: KnownSecrets(of: [old.bundle, new.bundle].compactMap { $0 })
        )
        // Nothing has no fields to differ in: only the resources came, or went.
        if old.bundle == nil || new.bundle == nil { (record.release, record.bundle) = ([], []) }
        return record
    }

    private func name(_ revision: Revision) -> String { "\(revision.bundle)@\(revision.number)" }
}
