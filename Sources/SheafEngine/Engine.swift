package import FoundationEssentials
package import SheafModel
package import SheafStore
package import SheafSystem

/// Changes what is live of a bundle, as one transaction: afterwards the new revision is live, or the one before.
///
/// Apply, rollback and delete are the same: a wanted set of resources, compared with the live one. The engine itself
/// changes nothing outside the store; an `Executor` does.
package struct Engine: Sendable {
    let store: Store
    let executor: any Executor
    let owner: LeaseOwner
    let now: @Sendable () -> Date
    let report: @Sendable (EngineEvent) -> Void

    package init(
        store: Store,
        executor: any Executor,
        owner: LeaseOwner,
        now: @escaping @Sendable () -> Date,
        report: @escaping @Sendable (EngineEvent) -> Void
    ) {
        self.store = store
        self.executor = executor
        self.owner = owner
        self.now = now
        self.report = report
    }

    /// What carrying out a target would do now; changes nothing.
    package func plan(_ target: Target, options: OperationOptions = OperationOptions()) async throws -> Plan {
        let live = try store.inventory(of: target.bundle)
        let plan = try Self.plan(
            target,
            options: options,
            fromRevision: try store.liveRevision(of: target.bundle)?.number,
            live: live,
            renewed: try await renewed(live, reruns: target.reruns),
            exchanged: try await restoration(of: target, live: live).reasons(live: live),
            adopted: try await Adoption(store: store, executor: executor).reasons(for: target, live: live)
        )
        try DependentCheck(store: store).run(plan)
        return plan
    }

    /// What carrying out a target would do where nothing was ever applied.
    package static func firstPlan(_ target: Target, options: OperationOptions = OperationOptions()) throws -> Plan {
        try plan(target, options: options, fromRevision: nil, live: [], renewed: [:], exchanged: [:], adopted: [:])
    }

    private static func plan(
        _ target: Target,
        options: OperationOptions,
        fromRevision: Int?,
        live: [ResourceInstance],
        renewed: [ResourceID: String],
        exchanged: [ResourceID: String],
        adopted: [ResourceID: String]
    ) throws -> Plan {
        try TargetCheck(desired: target.desired, live: live).run()
        return Planner.plan(
            bundle: target.bundle,
            fromRevision: fromRevision,
            live: live,
            desired: target.desired,
            renewed: renewed,
            exchanged: exchanged,
            adopted: adopted,
            runsJobs: options.runsJobs,
            deletesData: options.deletesData
        )
    }

    /// The services and workers that do not run as they should, after a reboot for example, and the jobs to run again.
    private func renewed(_ live: [ResourceInstance], reruns: Bool) async throws -> [ResourceID: String] {
        var renewed: [ResourceID: String] = [:]
        for instance in live {
            let id = instance.resource.id
            switch id.kind {
            case .service, .worker:
                guard try await executor.observe(instance).progress == .failed else { continue }
                renewed[id] = "it is not running any more"
            case .workflow where reruns: renewed[id] = "its jobs are to run again"
            default: continue
            }
        }
        return renewed
    }

    /// Carries out a target.
    ///
    /// Interrupted transactions of dead processes are finished or undone first.
    /// - Parameters:
    ///   - target: What shall be live.
    ///   - options: How it is done.
    ///   - agree: Sees what would be done, under the lease and before anything is recorded, and throws when that is not
    ///     what was wanted; nil takes whatever it is.
    ///   - keep: Makes durable what the revision refers to; is called before anything is recorded, and not at all when
    ///     there is nothing to do. The lock that it returns is held until the revision is recorded, so that nobody
    ///     takes what was made durable for garbage.
    /// - Returns: What was done; `.unchanged` when the target is live already.
    /// - Throws: A `SheafError` whose failure class says what is live now; `StoreError` when the lease is held.
    package func carryOut(
        _ target: Target,
        options: OperationOptions,
        agreeing agree: ((Plan) throws -> Void)? = nil,
        keeping keep: () throws -> FileLock? = { nil }
    ) async throws -> Outcome {
        for (bundle, problem) in try await recoverAll().problems {
            guard bundle != target.bundle else { throw problem }
            report(.recoveryFailed(bundle: bundle, reason: OperationFailure(problem).record))
        }
        // Nothing to do is the most frequent case and needs no lease, unless somebody is at work on the bundle.
        if agree == nil, try store.openTransactions(of: target.bundle).isEmpty,
            let unchanged = try await unchanged(target)
        {
            return unchanged
        }
        return try await withLease(of: target.bundle) {
            try refuseWhenStuck(target.bundle)
            if agree == nil, let unchanged = try await unchanged(target) { return unchanged }
            // What was agreed to is what is done: looked at again, it might be something else.
            let plan = try await plan(target, options: options)
            try agree?(plan)
            if plan.isEmpty, let live = try store.liveRevision(of: target.bundle), target.isLive(as: live) {
                return .unchanged(revision: live.number)
            }
            return try await carryOut(target, plan: plan, options: options, keeping: keep)
        }
    }

    /// The outcome when the target is live already; nil when there is something to do.
    private func unchanged(_ target: Target) async throws -> Outcome? {
        guard !target.restoresData, let live = try store.liveRevision(of: target.bundle), target.isLive(as: live)
        else { return nil }
        // What is left to find is what does not run any more.
        let runnable = try store.inventory(of: target.bundle, kinds: [.service, .worker, .workflow])
        return try await renewed(runnable, reruns: target.reruns).isEmpty ? .unchanged(revision: live.number) : nil
    }

    private func carryOut(
        _ target: Target,
        plan: Plan,
        options: OperationOptions,
        keeping keep: () throws -> FileLock?
    ) async throws -> Outcome {
        try checkWorkspaces(of: target)
        let number = try store.nextRevision(of: target.bundle)
        let live = try store.inventory(of: target.bundle)
        let steps = try await restoration(of: target, live: live).applied(
            to: plan.steps(
                live: live,
                desired: target.desired,
                generation: number,
                runsJobs: options.runsJobs,
                deletesData: options.deletesData
            ),
            bundle: target.bundle,
            revision: number
        )
        let snapshots = SnapshotSelection(
            bundle: target.bundle,
            revision: number,
            live: live,
            desired: target.desired,
            steps: steps
        ).planned
        let hold = try keep()
        let transaction = try store.begin(
            target.revision(number, author: owner.user, at: now(), message: options.message),
            steps: steps,
            kept: keptResources(plan, live: live, desired: target.desired),
            workspaces: target.desired?.workspaces ?? [],
            snapshots: snapshots
        )
        hold?.release()
        report(.began(bundle: target.bundle, revision: number, steps: transaction.steps.map(\.change.resource)))
        let prepared = try await prepare(transaction, target: target, copying: snapshots.copied, options: options)
        try await perform(prepared, target: target, live: live, options: options)
        report(.committed(bundle: target.bundle, revision: number, operation: target.operation))
        let isTidy = await compensation.finish(prepared)
        return .changed(revision: number, plan: plan, isTidy: isTidy)
    }

    var compensation: Compensation { Compensation(store: store, executor: executor, now: now, report: report) }

    /// Runs a body while this process holds the bundle's lease.
    func withLease<Result>(of bundle: String, _ body: () async throws -> Result) async throws -> Result {
        try store.takeLease(of: bundle, as: owner)
        let result: Result
        do {
            result = try await body()
        } catch {
            // The failure of the body is what counts; a lease that stays behind is free once this process has ended.
            try? store.returnLease(of: bundle, from: owner)
            throw error
        }
        // As above: what was done is done.
        try? store.returnLease(of: bundle, from: owner)
        return result
    }

    private func refuseWhenStuck(_ bundle: String) throws {
        guard let open = try store.openTransactions(of: bundle).first else { return }
        throw EngineError(
            .stuck,
            .stuck,
            "revision \(open.revision) of '\(bundle)' is still open: \(open.failure ?? "it could not be finished")",
            hint: "remove the cause, then run 'sheaf recover'"
        )
    }

    private func checkWorkspaces(of target: Target) throws {
        guard let desired = target.desired else { return }
        let known = try store.workspaces().union(desired.workspaces.map(\.name))
        for resource in desired.resources {
            guard let workspace = resource.id.workspace, !known.contains(workspace) else { continue }
            throw EngineError(
                .unknownWorkspace,
                .refused,
                "\(resource.id) belongs in the workspace '\(workspace)', which does not exist",
                hint: "add it to bundle.workspaces"
            )
        }
    }

    private func keptResources(_ plan: Plan, live: [ResourceInstance], desired: ResolvedBundle?) -> [KeptResource] {
        let kept = Set(plan.changes.filter { $0.action == .keep }.map(\.resource))
        let before = Dictionary(live.enumerated().map { ($1.resource.id, (order: $0, resource: $1.resource)) }) {
            first,
            _ in first
        }
        return (desired?.resources ?? []).enumerated().compactMap { order, resource in
            guard kept.contains(resource.id), let old = before[resource.id] else { return nil }
            return old.order == order && old.resource == resource ? nil : KeptResource(resource: resource, order: order)
        }
    }
}
