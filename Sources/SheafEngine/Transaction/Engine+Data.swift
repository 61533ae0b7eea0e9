package import SheafModel
package import SheafStore

extension Engine {
    /// What a rollback puts back of the data; nothing unless it was asked for.
    ///
    /// - Throws: `EngineError` when a copy is missing, or somebody uses a volume who cannot be stopped for it.
    func restoration(of target: Target, live: [ResourceInstance]) async throws -> DataRestoration {
        guard target.restoresData else { return .none }
        let plan = Planner.plan(bundle: target.bundle, fromRevision: nil, live: live, desired: target.desired)
        let selection = SnapshotSelection(
            bundle: target.bundle,
            revision: 0,
            live: live,
            desired: target.desired,
            steps: plan.steps(live: live, desired: target.desired, generation: 0, runsJobs: false, deletesData: false)
        )
        let restoration = try DataRestorationSearch(
            target: target,
            revisions: store.revisions(of: target.bundle),
            records: store.snapshotRecords(of: target.bundle),
            touched: selection.touched
        ).run()
        for (bundle, instance) in try store.inventory() {
            let volumes = instance.resource.mountedVolumes.filter { restoration.sources[$0] != nil }.sorted()
            guard let volume = volumes.first else { continue }
            try await refuseUse(of: volume, by: instance, isOwn: bundle == target.bundle, bundle)
        }
        return restoration
    }

    /// Refuses what would go on writing while the data of a volume is exchanged.
    ///
    /// Services and workers of the bundle itself are stopped for it and started again. A run of jobs cannot be started
    /// again, and what belongs to another bundle is not touched at all.
    private func refuseUse(
        of volume: ResourceID,
        by instance: ResourceInstance,
        isOwn: Bool,
        _ bundle: String
    ) async throws {
        let id = instance.resource.id
        if id.kind == .workflow {
            let state = try await executor.observe(instance)
            guard state.runtime == "running" || !state.pids.isEmpty else { return }
        } else if isOwn {
            return
        }
        throw EngineError(
            .dataInUse,
            .refused,
            "the data of \(volume) cannot be exchanged while \(id)\(isOwn ? "" : " of '\(bundle)'") "
                + (id.kind == .workflow ? "runs" : "mounts it"),
            hint: isOwn ? "wait for its end: sheaf logs \(id) -f" : "end '\(bundle)' first: sheaf delete \(bundle)"
        )
    }

    /// Copies the data of volumes aside, the last thing before anything visible happens.
    func takeSnapshots(_ requests: [SnapshotRequest]) async throws {
        guard !requests.isEmpty else { return }
        var contents: [SnapshotID: SnapshotContent?] = [:]
        for request in requests {
            try Task.checkCancellation()
            do {
                let content = try await executor.takeSnapshot(request)
                contents[request.id] = .some(content)
                guard let content else { continue }
                report(.snapshotTaken(Snapshot(id: request.id, content: content, takenAt: now())))
            } catch {
                throw StepFailure(resource: request.id.volume, cause: error)
            }
        }
        try store.recordSnapshots(contents, at: now())
    }

    /// The snapshots that nobody can ask for any more.
    ///
    /// Those of a bundle that is being changed stay for now: one may have been chosen before it was given up, and is
    /// just being put back. Who begins later does not get it, so these are looked for last.
    /// - Parameter forgotten: Revisions that are taken for forgotten too, to see what that would free.
    /// - Returns: By bundle, oldest revision first.
    /// - Throws: `StoreError` when the database cannot be read.
    package func removableSnapshots(without forgotten: [ForgottenRevisions] = []) throws -> [SnapshotID] {
        let dropped = try store.droppedSnapshots(without: forgotten)
        let busy = Set(try store.openTransactions().map(\.bundle))
        return dropped.filter { !busy.contains($0.bundle) }
    }

    /// Removes snapshots with their files.
    ///
    /// - Parameter snapshots: From `removableSnapshots(without:)`, forgotten for good.
    /// - Throws: What the executor or the store throws; those that are left are removable still.
    package func remove(_ snapshots: [SnapshotID]) async throws {
        for id in snapshots {
            try await executor.dropSnapshot(id)
            try store.removeSnapshot(id)
        }
    }
}
