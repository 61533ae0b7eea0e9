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
    /// What revisions are restored from; nil where nothing is kept.
    let content: (any ContentSource)?
    let owner: LeaseOwner
    let now: @Sendable () -> Date
    let report: @Sendable (EngineEvent) -> Void

    package init(
        store: Store,
        executor: any Executor,
        content: (any ContentSource)? = nil,
        owner: LeaseOwner,
        now: @escaping @Sendable () -> Date,
        report: @escaping @Sendable (EngineEvent) -> Void
    ) {
        self.store = store
        self.executor = executor
        self.content = content
        self.owner = owner
        self.now = now
        self.report = report
    }

    /// What carrying out a target would do now; changes nothing.
    package func plan(_ target: Target, options: OperationOptions = OperationOptions()) async throws -> Plan {
        try await plan(
            recorded(target),
            options: options,
            live: store.inventory(of: target.bundle)
        )
    }

    /// What of a target is made live now.
    private func recorded(_ target: Target) throws -> Target {
        try target.recordedOnly { try store.inventory(of: target.bundle).isEmpty }
    }

    private func plan(_ target: Target, options: OperationOptions, live: [ResourceInstance]) async throws -> Plan {
        // What is deleted need not be as it was applied.
        let renewals = target.desired == nil ? Renewals() : try await renewals(live, reruns: target.reruns)
        let plan = try Self.plan(
            target,
            options: options,
            fromRevision: try store.liveRevision(of: target.bundle)?.number,
            live: live,
            renewed: renewals.reasons,
            repaired: renewals.repaired,
            idle: renewals.idle,
            exchanged: try await restoration(of: target, live: live).reasons(live: live),
            adopted: try await Adoption(store: store, executor: executor).reasons(for: target, live: live)
        )
        try DependentCheck(store: store).run(plan)
        try ClaimCheck(store: store).run(target, plan)
        return plan
    }

    /// The volumes whose data carrying out a plan would copy aside first, in order.
    package func copies(_ plan: Plan, for target: Target, options: OperationOptions = OperationOptions()) throws
        -> [ResourceID]
    {
        guard !plan.isEmpty else { return [] }
        let live = try store.inventory(of: target.bundle)
        let number = try store.nextRevision(of: target.bundle)
        let steps = plan.steps(
            live: live,
            desired: target.desired,
            generation: number,
            runsJobs: options.runsJobs,
            deletesData: options.deletesData
        )
        let selection = SnapshotSelection(
            bundle: target.bundle,
            revision: number,
            live: live,
            desired: target.desired,
            steps: steps
        )
        // What a rollback puts back is exchanged, and no copy of it is made.
        return target.restoresData ? [] : selection.planned.copied.map(\.id.volume)
    }

    /// What carrying out a target would do where nothing was ever applied.
    ///
    /// - Throws: As `plan(_:options:)`.
    package static func firstPlan(
        _ target: Target,
        options: OperationOptions = OperationOptions(),
        executor: any Executor
    ) async throws -> Plan {
        let target = target.recordedOnly { true }
        return try plan(
            target,
            options: options,
            fromRevision: nil,
            live: [],
            adopted: try await Adoption(store: nil, executor: executor).reasons(for: target, live: [])
        )
    }

    private static func plan(
        _ target: Target,
        options: OperationOptions,
        fromRevision: Int?,
        live: [ResourceInstance],
        renewed: [ResourceID: String] = [:],
        repaired: Set<ResourceID> = [],
        idle: Set<ResourceID> = [],
        exchanged: [ResourceID: String] = [:],
        adopted: [ResourceID: String] = [:]
    ) throws -> Plan {
        try TargetCheck(desired: target.desired, live: live, isReturn: target.operation == .rollback).run()
        return Planner.plan(
            bundle: target.bundle,
            fromRevision: fromRevision,
            live: live,
            desired: target.desired,
            renewed: renewed,
            repaired: repaired,
            idle: idle,
            exchanged: exchanged,
            adopted: adopted,
            runsJobs: options.runsJobs,
            deletesData: options.deletesData
        )
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
        for (bundle, problem) in try await revertOverdue().problems {
            // It goes on waiting; what is to be done now settles it if it is the same bundle.
            report(.recoveryFailed(bundle: bundle, reason: OperationFailure(problem).record))
        }
        // Nothing to do is the most frequent case and needs no lease, unless somebody is at work on the bundle.
        if agree == nil, try store.openTransactions(of: target.bundle).isEmpty,
            let unchanged = try await unchanged(target, keeping: keep)
        {
            return unchanged
        }
        return try await withLease(of: target.bundle) {
            try refuseWhenStuck(target.bundle)
            if agree == nil, let unchanged = try await unchanged(target, keeping: keep) { return unchanged }
            return try await carryOutUnderLease(target, options: options, agreeing: agree, keeping: keep)
        }
    }

    /// The outcome when the target is live already; nil when there is something to do.
    private func unchanged(_ target: Target, keeping keep: () throws -> FileLock?) async throws -> Outcome? {
        guard !target.restoresData, let live = try store.liveRevision(of: target.bundle),
            try isDone(target, by: live)
        else { return nil }
        // What is left to find is what does not run any more, or was changed. What is only declared cannot be.
        let kinds: [ResourceKind] = [.service, .worker, .workflow, .volume]
        let runnable = target.desired == nil ? [] : try store.inventory(of: target.bundle, kinds: kinds)
        guard try await renewals(runnable, reruns: target.reruns).isEmpty else { return nil }
        try keepMissing(of: target, keeping: keep)
        return .unchanged(revision: live.number)
    }

    /// Whether a target is live, its schedule included.
    private func isDone(_ target: Target, by live: Revision) throws -> Bool {
        guard target.isLive(as: live) else { return false }
        switch target.operation {
        case .apply: return true
        // What was only recorded is brought up.
        case .rollback:
            guard target.desired?.resources.isEmpty == false else { return true }
            return try !store.inventory(of: target.bundle).isEmpty
        // What a schedule has taken down is given up for good.
        case .delete: return try target.firing != nil || store.schedule(of: .bundle(target.bundle)) == nil
        }
    }

    /// Keeps again what of a target that is live somebody has removed from the content store.
    private func keepMissing(of target: Target, keeping keep: () throws -> FileLock?) throws {
        let resources = target.desired?.resources ?? []
        let missing = missingContent(archive: target.archive, resolved: target.resolved, resources: resources)
        guard !missing.isEmpty else { return }
        let hold = try keep()
        hold?.release()
        report(.contentKept(bundle: target.bundle, count: missing.count))
    }

    /// Carries out a target of which something is not live, in one transaction.
    func carryOutUnderLease(
        _ target: Target,
        options: OperationOptions,
        agreeing agree: ((Plan) throws -> Void)? = nil,
        keeping keep: () throws -> FileLock?
    ) async throws -> Outcome {
        // What was agreed to is what is done: looked at again, it might be something else.
        let live = try store.inventory(of: target.bundle)
        let whole = target
        let target = target.recordedOnly { live.isEmpty }
        let plan = try await plan(target, options: options, live: live)
        try agree?(plan)
        // A revert is recorded even where it changes nothing that runs: the revision must not go on waiting.
        if plan.isEmpty, !options.reverts, let revision = try store.liveRevision(of: target.bundle),
            try isDone(target, by: revision)
        {
            return .unchanged(revision: revision.number)
        }
        try checkWorkspaces(of: target)
        let number = try store.nextRevision(of: target.bundle)
        let steps = try await restoration(of: target, live: live).applied(
            to: plan.steps(
                live: live,
                desired: target.desired,
                generation: number,
                runsJobs: options.runsJobs,
                deletesData: options.deletesData,
                restores: target.restores
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
        let waiting = try store.pendingConfirmations(of: target.bundle).first
        let hold = try keep()
        let transaction = try store.begin(
            target.revision(number, author: owner.user, at: now(), message: options.message),
            steps: steps,
            kept: keptResources(plan, live: live, desired: target.desired),
            workspaces: target.desired?.workspaces ?? [],
            snapshots: snapshots,
            confirmation: options.confirmation,
            schedule: target.desired?.schedule,
            firing: target.firing
        )
        hold?.release()
        report(.began(bundle: target.bundle, revision: number, steps: transaction.steps.map(\.change.resource)))
        let prepared = try await prepare(transaction, target: target, copying: snapshots.copied, options: options)
        try await perform(prepared, target: target, live: live, options: options)
        report(.committed(bundle: target.bundle, revision: number, operation: target.operation))
        if target.desired?.resources.count != whole.desired?.resources.count {
            report(.recordedOnly(bundle: target.bundle, revision: number))
        }
        if let waiting, options.confirmation != .reverts(revision: waiting.revision) {
            report(.confirmationSettled(bundle: target.bundle, revision: waiting.revision, by: number))
        }
        try reportWaiting(target.bundle)
        let isTidy = await compensation.finish(prepared, parallelism: options.parallelism)
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

    /// Tells that a revision which has just become live has to be confirmed.
    func reportWaiting(_ bundle: String) throws {
        for waiting in try store.pendingConfirmations(of: bundle) { report(.toBeConfirmed(waiting)) }
    }

    func refuseWhenStuck(_ bundle: String) throws {
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
