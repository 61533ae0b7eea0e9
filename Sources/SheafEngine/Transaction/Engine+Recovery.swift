import SheafModel
import SheafStore

extension Engine {
    /// Finishes or undoes every open transaction whose owner is dead; those of living owners are left alone.
    ///
    /// - Returns: What was recovered, oldest first; empty when nothing was open.
    /// - Throws: `EngineError` with code `engine.stuck` when something cannot be undone, after all others were tried.
    @discardableResult
    package func recover() async throws -> [Recovery] {
        let (recovered, problems) = try await recoverAll()
        let overdue = try await revertOverdue()
        if let problem = (problems + overdue.problems).first?.error { throw problem }
        return recovered + overdue.reverted
    }

    /// As `recover()`, but only what concerns a bundle stands in its way; the rest is told.
    ///
    /// - Throws: As `recover()`, of that bundle alone.
    func recoverOrReport(needing bundle: String) async throws {
        let problems = try await recoverAll().problems + revertOverdue().problems
        for problem in problems where problem.bundle == bundle { throw problem.error }
        for problem in problems {
            report(.recoveryFailed(bundle: problem.bundle, reason: OperationFailure(problem.error).record))
        }
    }

    /// As `recover()`, with what could not be settled as part of the result.
    func recoverAll() async throws -> (recovered: [Recovery], problems: [(bundle: String, error: any Error)]) {
        var recovered: [Recovery] = []
        var problems: [(bundle: String, error: any Error)] = []
        for transaction in try store.openTransactions() {
            if let holder = try store.leaseOwner(of: transaction.bundle), !holder.isDead { continue }
            do {
                if let recovery = try await recover(bundle: transaction.bundle) { recovered.append(recovery) }
            } catch let error as StoreError where error.kind == .leaseHeld {
                // Somebody else is recovering it at this moment.
                continue
            } catch let error as StoreError {
                problems.append((transaction.bundle, OperationFailure(error).unrecorded(transaction, because: error)))
            } catch {
                problems.append((transaction.bundle, error))
            }
        }
        return (recovered, problems)
    }

    private func recover(bundle: String) async throws -> Recovery? {
        try await withLease(of: bundle) {
            // Read again under the lease: another process may have recovered it in between.
            guard let transaction = try store.openTransactions(of: bundle).first else { return nil }
            report(.recovering(bundle: bundle, revision: transaction.revision))
            let isLive = try await settle(transaction)
            report(.recovered(bundle: bundle, revision: transaction.revision, isLive: isLive))
            return Recovery(bundle: bundle, revision: transaction.revision, isLive: isLive)
        }
    }

    /// Ends a transaction of a dead process.
    ///
    /// - Returns: Whether its revision is live.
    private func settle(_ transaction: OpenTransaction) async throws -> Bool {
        let abandoned = "the process that made it ended before it was done"
        switch transaction.state {
        case .preparing:
            try await compensation.discard(transaction, because: abandoned)
            return false
        case .performing where try await isDoneAndReady(transaction):
            try store.commit(transaction, at: now())
            try reportWaiting(transaction.bundle)
            _ = await compensation.finish(transaction)
            return true
        case .performing:
            try await compensation.undo(transaction, because: abandoned)
            return false
        case .compensating, .stuck:
            try await compensation.undo(transaction, because: transaction.failure ?? "it failed")
            return false
        case .committed:
            let isTidy = await compensation.finish(transaction)
            guard isTidy else {
                throw EngineError(
                    .stuck,
                    .stuck,
                    "revision \(transaction.revision) of '\(transaction.bundle)' is live,"
                        + " but what it replaced could not be removed",
                    hint: "remove the cause, then run 'sheaf recover'"
                )
            }
            return true
        }
    }

    private func isDoneAndReady(_ transaction: OpenTransaction) async throws -> Bool {
        guard transaction.progress.allSatisfy({ $0 == .performed }) else { return false }
        for step in transaction.steps {
            // What stays as it was says nothing about the change.
            guard let added = step.added, step.runsJobs || added.resource.id.kind != .workflow else { continue }
            guard try await executor.observe(added).progress == .ready else { return false }
        }
        return true
    }
}

/// How an interrupted transaction ended.
package struct Recovery: Sendable, Hashable {
    package var bundle: String
    package var revision: Int
    /// Whether its revision became live; otherwise the one before is.
    package var isLive: Bool
}
