import SheafModel
import SheafStore

/// What a rollback with data puts back: for each volume of the restored revision the copy of its data from when that
/// revision was last live.
struct DataRestoration {
    /// By volume.
    let sources: [ResourceID: SnapshotID]

    static let none = DataRestoration(sources: [:])

    /// Why the volumes change, and what of the bundle's live resources mounts them, by resource.
    func reasons(live: [ResourceInstance]) -> [ResourceID: String] {
        var reasons: [ResourceID: String] = [:]
        for (volume, source) in sources {
            reasons[volume] = "its data becomes what it was before revision \(source.revision)"
        }
        for resource in live.map(\.resource) where [.service, .worker].contains(resource.id.kind) {
            let volumes = resource.mountedVolumes.filter { sources[$0] != nil }.sorted()
            guard let first = volumes.first else { continue }
            reasons[resource.id] = "it is stopped while the data of \(first) is exchanged"
        }
        return reasons
    }

    /// The same steps of a transaction, with those of the volumes knowing what to put in the place of their data.
    func applied(to steps: [Step], bundle: String, revision: Int) -> [Step] {
        steps.map { step in
            guard let source = sources[step.change.resource] else { return step }
            let instances = steps.flatMap { [$0.before, $0.after].compactMap { $0 } }
            let users = instances.filter { $0.resource.mountedVolumes.contains(step.change.resource) }
            var step = step
            step.restore = DataRestore(
                source: source,
                aside: SnapshotID(bundle: bundle, revision: revision, volume: step.change.resource),
                users: users.map(DataRestore.User.init)
            )
            return step
        }
    }
}

/// Finds the copies that a rollback with data needs, in what the store knows of a bundle.
struct DataRestorationSearch {
    let target: Target
    /// Of the bundle.
    let revisions: [Revision]
    /// Of the bundle, oldest first.
    let records: [SnapshotRecord]
    /// The volumes that the rollback itself may change.
    let touched: Set<ResourceID>

    /// The copies, by volume.
    ///
    /// A volume that nothing has touched since then is left as it is.
    /// - Throws: `EngineError` with code `engine.no-snapshot` that names the volume and what there is of it.
    func run() throws -> DataRestoration {
        let volumes = (target.desired?.resources ?? []).map(\.id).filter { $0.kind == .volume }
        var sources: [ResourceID: SnapshotID] = [:]
        for volume in volumes {
            if let source = try source(of: volume) { sources[volume] = source }
        }
        if let first = volumes.first, sources.isEmpty {
            throw problem(first, "nothing that writes to it has changed since", hint: "leave out --with-data")
        }
        return DataRestoration(sources: sources)
    }

    private func source(of volume: ResourceID) throws -> SnapshotID? {
        let own = records.filter { $0.id.volume == volume }
        guard let replacement else {
            // It is live: what counts is the data from before the last attempt to replace it.
            return own.last { $0.snapshot != nil && $0.id.revision > restored }?.id
        }
        switch own.first(where: { $0.id.revision >= replacement }) {
        case .taken(let snapshot): return snapshot.id
        case .missed(let id):
            throw problem(volume, "revision \(id.revision) changed what writes to it, and no copy was taken then")
        case nil:
            guard touched.contains(volume) else { return nil }
            throw problem(volume, "what writes to it has changed since, and no copy was taken")
        }
    }

    private var restored: Int { target.restores ?? 0 }

    /// The revision that took the place of the restored one; nil when that is live.
    private var replacement: Int? {
        revisions.filter { $0.number > restored && ($0.state == .live || $0.state == .superseded) }.map(\.number).min()
    }

    private func problem(_ volume: ResourceID, _ reason: String, hint: String? = nil) -> EngineError {
        let taken = records.compactMap(\.snapshot).filter { $0.id.volume == volume }.map { String($0.id.revision) }
        let known =
            taken.isEmpty
            ? "there is no copy of its data" : "there are copies from before revision \(taken.joined(separator: ", "))"
        return EngineError(
            .noSnapshot,
            .refused,
            "there is no data of \(volume) to put back from when revision \(restored) was live: \(reason); \(known)",
            hint: hint
                ?? "leave out --with-data; for the next time, ask for copies with '\(SnapshotRule.property)' in the"
                + " bundle's properties"
        )
    }
}
