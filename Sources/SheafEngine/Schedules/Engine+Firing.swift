package import FoundationEssentials
package import SheafModel
package import SheafStore
package import SheafSystem

/// What became of an attempt to carry out a firing.
package struct FiringOutcome: Sendable, Hashable {
    /// Where it is open, it is tried again later.
    package var state: Firing.State
    /// Why, in words.
    package var detail: String?
    /// The run that was begun; nil for an executor that gives them no identifiers.
    package var run: String?

    package init(_ state: Firing.State, _ detail: String? = nil, run: String? = nil) {
        (self.state, self.detail, self.run) = (state, detail, run)
    }
}

extension Engine {
    /// Carries out a firing that is recorded as begun.
    ///
    /// May be repeated, whoever died before: a run is begun at most once, and a bundle is brought to the same state.
    /// - Parameters:
    ///   - firing: From `dueFirings`.
    ///   - now: The present moment.
    ///   - lateness: How long after its time a run is still begun.
    ///   - hold: Keeps what a revision resolves to from being taken for garbage.
    /// - Returns: What became of it, as it is recorded.
    /// - Throws: `StoreError`, also when another operation holds the bundle's lease; `CancellationError` or an interruption.
    ///   The firing is open then.
    package func carryOut(
        _ firing: Firing,
        at now: Date,
        lateness: Duration,
        holding hold: @escaping @Sendable (Revision) throws -> FileLock?
    ) async throws -> FiringOutcome {
        let outcome: FiringOutcome
        do {
            outcome =
                firing.action == .run
                ? try await run(firing, at: now, lateness: lateness) : try await flip(firing, holding: hold)
        } catch let error as StoreError {
            throw error
        } catch let error as any SheafError where error.failureClass != .interrupted {
            outcome = FiringOutcome(.failed, OperationFailure(error).record)
        }
        try store.record(outcome.state, of: firing, because: outcome.detail, run: outcome.run, at: now)
        return outcome
    }

    // MARK: Runs

    private func run(_ firing: Firing, at now: Date, lateness: Duration) async throws -> FiringOutcome {
        try await recoverOrReport(needing: firing.bundle)
        return try await withLease(of: firing.bundle) {
            // Read again under the lease: an apply may have changed or removed it.
            guard let open = try store.openFirings().first(where: { $0.id == firing.id }),
                let schedule = try store.schedule(of: firing.subject),
                let instance = try store.liveResource(firing.subject)
            else { return FiringOutcome(.skipped, "its schedule is gone") }
            let last = try await executor.lastRun(of: instance)
            // The process that was about to begin it has come so far, and died. Without any run it has only made room.
            if let before = open.runBefore, let last, last.identity != before {
                // It may have died when the run was known already, and none of its jobs had begun.
                try await executor.goOnWithRuns(of: instance, only: last.identity)
                return FiringOutcome(.fired, run: last.identity)
            }
            if FiringRule.isLate(open.due, now: now, lateness: lateness) { return FiringOutcome(.missed) }
            if schedule.ended != nil { return FiringOutcome(.skipped, "its schedule has ended") }
            return try await begin(open, of: instance, after: last, policy: schedule.schedule.policy)
        }
    }

    private func begin(
        _ firing: Firing,
        of instance: ResourceInstance,
        after last: LastRun?,
        policy: Schedule.Policy
    ) async throws -> FiringOutcome {
        let isGoingOn = last?.isGoingOn ?? false
        if isGoingOn, policy == .forbid { return FiringOutcome(.skipped, "the run before it was still in progress") }
        try store.recordStart(of: firing, after: last?.identity)
        if isGoingOn, policy == .replace { try await executor.endRuns(of: instance, only: nil) }
        let run = try await executor.startRun(of: instance, because: .schedule, overlapping: policy == .allow)
        return FiringOutcome(.fired, run: run?.description)
    }

    // MARK: Bundles

    private func flip(
        _ firing: Firing,
        holding hold: @escaping @Sendable (Revision) throws -> FileLock?
    ) async throws -> FiringOutcome {
        guard let schedule = try store.schedule(of: firing.subject) else {
            return FiringOutcome(.skipped, "its schedule is gone")
        }
        var target = Target.delete(firing.bundle)
        var kept: Revision?
        if firing.action == .create {
            guard let content, let revision = try store.revision(schedule.revision, of: firing.bundle) else {
                return FiringOutcome(.failed, "revision \(schedule.revision) is not known any more")
            }
            target = try .restore(revision, from: content)
            kept = revision
        }
        target.firing = firing.id
        let message = "schedule: \(firing.action.rawValue) due \(firing.due.formatted(.iso8601))"
        let outcome = try await carryOut(
            target,
            options: OperationOptions(message: message),
            keeping: { [kept] in try kept.flatMap(hold) }
        )
        guard case .unchanged(let revision) = outcome else { return FiringOutcome(.fired) }
        let state = firing.action == .create ? "live already" : "deleted already"
        return FiringOutcome(.fired, "\(state), revision \(revision)")
    }
}
