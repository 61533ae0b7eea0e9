import FoundationEssentials
package import SheafModel
import SheafStore

extension Engine {
    /// Confirms the live revision of a bundle, so that it stays.
    ///
    /// - Returns: What was confirmed.
    /// - Throws: `EngineError` with code `engine.nothing-to-confirm`, or `engine.confirmation-late` after the previous
    ///   revision was put back; what else a revert throws; `StoreError` when the lease is held.
    package func confirm(_ bundle: String) async throws -> Confirmation {
        for case (bundle, let problem) in try await recoverAll().problems { throw problem }
        return try await withLease(of: bundle) {
            guard let waiting = try store.pendingConfirmations(of: bundle).first else { throw nothingToConfirm(bundle) }
            guard waiting.deadline > now() else {
                try await revertUnderLease(waiting)
                throw EngineError(
                    .confirmationLate,
                    .restored,
                    "revision \(waiting.revision) of '\(bundle)' was to be confirmed until"
                        + " \(waiting.deadline.formatted(.iso8601)); \(Self.outcome(of: waiting))",
                    hint: "apply it again, and confirm it in time"
                )
            }
            guard try store.confirm(waiting) else { throw nothingToConfirm(bundle) }
            return waiting
        }
    }

    /// Puts back what was live before a revision that was not confirmed.
    ///
    /// - Returns: False when the revision does not wait any more.
    /// - Throws: As `carryOut(_:options:keeping:)`; the revision goes on waiting then.
    @discardableResult
    package func revert(_ waiting: Confirmation) async throws -> Bool {
        for case (waiting.bundle, let problem) in try await recoverAll().problems { throw problem }
        return try await withLease(of: waiting.bundle) {
            // Looked at again under the lease: it may have been settled in between.
            guard try store.pendingConfirmations(of: waiting.bundle).contains(waiting) else { return false }
            try await revertUnderLease(waiting)
            return true
        }
    }

    /// Reverts all revisions whose deadline has passed; those that a living process is at work on are left alone.
    func revertOverdue() async throws -> (reverted: [Recovery], problems: [(bundle: String, error: any Error)]) {
        var reverted: [Recovery] = []
        var problems: [(bundle: String, error: any Error)] = []
        guard content != nil else { return (reverted, problems) }
        for waiting in try store.pendingConfirmations() where waiting.deadline <= now() {
            if let holder = try store.leaseOwner(of: waiting.bundle), !holder.isDead { continue }
            do {
                guard try await revert(waiting) else { continue }
                reverted.append(Recovery(bundle: waiting.bundle, revision: waiting.revision, isLive: false))
            } catch let error as StoreError where error.kind == .leaseHeld {
                // Its waiter, or another command, is reverting it at this moment.
                continue
            } catch {
                problems.append((waiting.bundle, error))
            }
        }
        return (reverted, problems)
    }

    private func revertUnderLease(_ waiting: Confirmation) async throws {
        try refuseWhenStuck(waiting.bundle)
        let target = try target(beforeWaiting: waiting)
        report(.reverting(bundle: waiting.bundle, revision: waiting.revision))
        let options = OperationOptions(
            runsJobs: false,
            message: "revision \(waiting.revision) was not confirmed in time",
            confirmation: .reverts(revision: waiting.revision)
        )
        _ = try await carryOutUnderLease(target, options: options, keeping: { nil })
    }

    private func target(beforeWaiting waiting: Confirmation) throws -> Target {
        guard let number = waiting.previous else { return .delete(waiting.bundle) }
        guard let content, let previous = try store.revision(number, of: waiting.bundle) else {
            throw EngineError(
                .unknownRevision,
                .refused,
                "revision \(waiting.revision) of '\(waiting.bundle)' cannot be reverted: revision \(number) is not known any more",
                hint: "confirm it: sheaf confirm \(waiting.bundle)"
            )
        }
        return previous.operation == .delete ? .delete(waiting.bundle) : try .restore(previous, from: content)
    }

    private func nothingToConfirm(_ bundle: String) -> EngineError {
        EngineError(
            .nothingToConfirm,
            .refused,
            "no revision of '\(bundle)' waits to be confirmed",
            hint: "run 'sheaf history \(bundle)' to see what became of it"
        )
    }

    private static func outcome(of waiting: Confirmation) -> String {
        waiting.previous.map { "revision \($0) was put back" } ?? "the bundle was deleted, as it was not there before"
    }
}
