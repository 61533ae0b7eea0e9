import FoundationEssentials
import SheafArchive
import SheafExecutor
import SheafModel
import SheafStore
import SheafSystem

/// Removes the records of images that workloads ran in generations to which no revision of the histories leads any more.
///
/// While it is decided what goes nobody can keep content, so no apply or rollback begins that would write a record. The
/// files are listed before the records of the store are read: what begins all the same has a number that is left alone.
struct ImageRecordCollection {
    let context: CommandContext
    let store: Store
    /// Revisions that are taken for forgotten too, to see what that would free.
    let forgotten: [ForgottenRevisions]

    /// Collects.
    ///
    /// - Parameters:
    ///   - isDryRun: Only says what would go.
    ///   - waits: Waits for those who keep content now, instead of giving up.
    /// - Returns: What was removed, or would be, by workload and generation.
    /// - Throws: `ArchiveError` of kind `contentBusy` when somebody is keeping content, `StoreError` when the database
    ///   cannot be read, `ExecutorError` when a record cannot be removed.
    func collect(isDryRun: Bool, waits: Bool) throws -> [Garbage] {
        // Most homes have none, or no more than what is live: then nobody has to wait.
        guard try !superfluous().isEmpty else { return [] }
        let hold = try context.content.holdAlone(waits: waits)
        let garbage = try superfluous().map { id, generation in
            let record = context.executor.imageRecord(of: id, generation: generation)
            if !isDryRun { try context.executor.forgetImageRecord(of: id, generation: generation) }
            return Garbage(
                kind: .images,
                path: record.path,
                size: record.size,
                reason: "no revision leads back to what \(id) ran in generation \(generation)"
            )
        }
        hold.release()
        return garbage
    }

    private func superfluous() throws -> [(id: ResourceID, generation: Int)] {
        let records = context.executor.imageRecords
        let present = try presentGenerations()
        let candidates = records.filter { id, generations in !present[id, default: []].isSuperset(of: generations) }
        if candidates.isEmpty { return [] }
        let revisions = try revisions(naming: Set(candidates.keys))
        return candidates.sorted { $0.key < $1.key }.flatMap { id, generations in
            context.executor.unneededImageRecords(
                generations,
                revisions: revisions[id] ?? [:],
                present: present[id] ?? []
            ).map { (id: id, generation: $0) }
        }
    }

    /// The generations that are live, or are just being made or replaced.
    private func presentGenerations() throws -> [ResourceID: Set<Int>] {
        // What is committed in between is then found in the inventory.
        let steps = try store.openTransactions().flatMap(\.steps)
        let changed = steps.flatMap { [$0.before, $0.after].compactMap(\.self) }
        let live = try store.inventory().map(\.instance)
        return (changed + live).reduce(into: [:]) { $0[$1.resource.id, default: []].insert($1.generation) }
    }

    /// The revisions in the histories that name each of some workloads, by bundle.
    private func revisions(naming workloads: Set<ResourceID>) throws -> [ResourceID: [String: [Int]]] {
        var found: [ResourceID: [String: [Int]]] = [:]
        var known: [Digest: Set<ResourceID>] = [:]
        let gone = Dictionary(forgotten.map { ($0.bundle, Set($0.revisions)) }) { $0.union($1) }
        for bundle in try store.bundles().map(\.name) {
            for revision in try store.revisions(of: bundle) where gone[bundle]?.contains(revision.number) != true {
                guard let digest = revision.resolved else { continue }
                let named = known[digest] ?? workloads.intersection(resources(in: digest) ?? workloads)
                known[digest] = named
                for id in named { found[id, default: [:]][bundle, default: []].append(revision.number) }
            }
        }
        return found
    }

    /// What a resolved bundle has; nil when that cannot be said.
    private func resources(in digest: Digest) -> Set<ResourceID>? {
        // What cannot be read may have anything, so all records stay; that it is missing is told with the content.
        guard let bytes = try? context.content.content(digest),
            let resolved = try? CanonicalJSON.decode(ResolvedBundle.self, from: Data(bytes)),
            resolved.formatVersion <= ResolvedBundle.currentFormat
        else { return nil }
        return Set(resolved.resources.map(\.id))
    }
}
