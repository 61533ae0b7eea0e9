import FoundationEssentials
import SheafModel
import SheafStore

/// Ends transactions: undoes those that did not commit, tidies up after those that did.
struct Compensation {
    let store: Store
    let executor: any Executor
    let now: @Sendable () -> Date
    let report: @Sendable (EngineEvent) -> Void

    /// How long an undo waits for services that it starts again; longer than most need to open their port.
    private static let returnTime = Duration.seconds(10)

    /// Undoes every step in reverse order and closes the transaction as failed.
    ///
    /// Not interrupted by cancellation: a half-done undo helps nobody.
    /// - Parameters:
    ///   - transaction: One that did not commit.
    ///   - failure: Why, in words.
    ///   - mayBeCommitted: Whether a commit was tried and failed. It may be on the disk all the same, so that the next
    ///     process finds it there, unless another record takes its place: then nothing is undone without one.
    ///   - keepsFailed: Whether all files of what did not become ready are kept, not only its logs.
    /// - Throws: `EngineError` with code `engine.stuck` when a step cannot be undone; the journal keeps the transaction.
    /// - Returns: What was undone, and what was kept for a look.
    @discardableResult
    func undo(
        _ transaction: OpenTransaction,
        because failure: String,
        mayBeCommitted: Bool = false,
        keepsFailed: Bool = false
    ) async throws -> UndoReport {
        let isRecorded: Bool
        do {
            try store.recordCompensation(of: transaction, because: failure)
            isRecorded = true
        } catch {
            if mayBeCommitted { throw error }
            // The undo is what counts: when it cannot be recorded, on a full disk for example, recovery undoes once more.
            isRecorded = false
        }
        report(.compensating(bundle: transaction.bundle, revision: transaction.revision))
        // The journal knows which steps had begun; without it all are reported as undone.
        let journaled = isRecorded ? try? store.openTransactions(of: transaction.bundle).first : nil
        let current = journaled ?? transaction
        let lasting = LastingEffects(of: current)
        let kept = await shielded { await setAside(current, everything: keepsFailed) }
        let problems = await shielded { await revertAll(of: current) }
        if problems.isEmpty {
            try store.recordCompensated(transaction, because: lasting.added(to: failure), at: now())
            reportKeptData(of: transaction)
            let undone = current.begun.filter { !$0.isIrreversible }.map(\.change.resource)
            return UndoReport(undone: undone, lasting: lasting, kept: kept)
        }
        let reasons = problems.joined(separator: "; ")
        try store.recordStuck(transaction, because: lasting.added(to: "\(failure); then \(reasons)"), at: now())
        throw EngineError(
            .stuck,
            .stuck,
            lasting.added(
                to:
                    "revision \(transaction.revision) of '\(transaction.bundle)' failed and could not be undone: \(reasons)"
            ),
            hint: "remove the cause, then run 'sheaf recover'"
        )
    }

    /// Undoes a transaction of which nothing visible has happened, and forgets it.
    ///
    /// - Throws: As `undo(_:because:)`.
    func discard(_ transaction: OpenTransaction, because failure: String) async throws {
        var unmade = transaction
        // Nothing that was live has ended for it, so nothing of it may be started.
        for position in unmade.steps.indices where !unmade.steps[position].isInPlace {
            guard unmade.steps[position].change.resource.kind.runsProcesses else { continue }
            unmade.steps[position].before = nil
        }
        let discarded = unmade
        let problems = await shielded { await revertAll(of: discarded) + dropCopies(of: discarded) }
        guard problems.isEmpty else {
            let reasons = problems.joined(separator: "; ")
            try store.recordStuck(transaction, because: "\(failure); then \(reasons)", at: now())
            throw EngineError(
                .stuck,
                .stuck,
                "what was prepared for '\(transaction.bundle)' could not be removed: \(reasons)",
                hint: "remove the cause, then run 'sheaf recover'"
            )
        }
        try store.discard(transaction, because: failure)
    }

    /// Keeps the logs of what was begun and is not ready, before the undo removes them.
    private func setAside(_ transaction: OpenTransaction, everything: Bool) async -> [UndoReport.Kept] {
        var kept: [UndoReport.Kept] = []
        for step in transaction.begun {
            guard let after = step.added else { continue }
            // A log that cannot be kept must not hold up the undo; what cannot be observed may well have failed.
            if let state = try? await executor.observe(after), state.progress == .ready { continue }
            guard let folder = try? await executor.setAside(step, everything: everything) else { continue }
            kept.append(UndoReport.Kept(resource: step.change.resource, folder: folder, isWhole: everything))
        }
        return kept
    }

    private func revertAll(of transaction: OpenTransaction) async -> [String] {
        var problems: [String] = []
        var lost: Set<ResourceID> = []
        for position in undoOrder(of: transaction.steps) {
            let step = transaction.steps[position]
            if let volume = mounted(by: step).intersection(lost).min() {
                problems.append("\(step.change.resource): it must not run before the data of \(volume) is back")
                continue
            }
            do {
                try await executor.revert(step)
                if transaction.hasBegun(position) { report(outcome(of: step)) }
            } catch {
                let reason = OperationFailure(error).record
                report(.revertFailed(step.change.resource, reason: reason))
                problems.append("\(step.change.resource): \(reason)")
                if step.restore != nil { lost.insert(step.change.resource) }
            }
        }
        await awaitReturn(of: transaction)
        return problems
    }

    /// What is told of a step that was taken back: never that it is undone when what it did stays.
    private func outcome(of step: Step) -> EngineEvent {
        guard step.isIrreversible, case .none(let why) = step.change.undo else {
            return .reverted(step.change.resource)
        }
        return .notUndone(step.change.resource, reason: why)
    }

    /// The reverse of the plan's order, but for data and ports.
    ///
    /// Data comes first: what mounts a volume starts again only on the data that it had. Who took a port over gives it
    /// back before its holder starts again.
    private func undoOrder(of steps: [Step]) -> [Int] {
        var order: [Int] = []
        var seen: Set<Int> = []
        // Takers of each other's ports would wait for ever: whoever is met again is passed over, so nothing is left out.
        func visit(_ position: Int) {
            guard seen.insert(position).inserted else { return }
            takers(of: position, in: steps).forEach(visit)
            order.append(position)
        }
        let reversed = steps.indices.reversed()
        reversed.filter { steps[$0].restore != nil }.forEach(visit)
        reversed.filter { steps[$0].restore == nil }.forEach(visit)
        return order
    }

    /// The steps that took over the port of what another step ended.
    private func takers(of position: Int, in steps: [Step]) -> [Int] {
        guard steps[position].change.handsOver, let before = steps[position].before else { return [] }
        let ports = Set(before.resource.hostPorts)
        return steps.indices.reversed().filter { other in
            other != position && !ports.isDisjoint(with: steps[other].after?.resource.hostPorts ?? [])
        }
    }

    private func mounted(by step: Step) -> Set<ResourceID> {
        [step.before, step.after].reduce(into: []) { $0.formUnion($1?.resource.mountedVolumes ?? []) }
    }

    /// Removes the copies of data that a transaction has taken, whole or half.
    ///
    /// - Returns: What could not be removed, and why.
    private func dropCopies(of transaction: OpenTransaction) async -> [String] {
        do {
            for copy in try store.snapshotIDs(of: transaction) { try await executor.dropSnapshot(copy) }
            return []
        } catch {
            return [OperationFailure(error).record]
        }
    }

    /// Tells that volumes keep what a failed revision did to them, where there is something to go back to.
    private func reportKeptData(of transaction: OpenTransaction) {
        // It is only a word of advice: where the store cannot be read, there is none.
        let copies = (try? store.snapshotIDs(of: transaction)) ?? []
        guard !copies.isEmpty else { return }
        let live = try? store.liveRevision(of: transaction.bundle)?.number
        report(
            .dataKept(
                bundle: transaction.bundle,
                revision: transaction.revision,
                live: live,
                volumes: copies.map(\.volume)
            )
        )
    }

    /// Waits a moment for what was started again to answer, so that whoever looks next finds it as it was.
    private func awaitReturn(of transaction: OpenTransaction) async {
        let deadline = ContinuousClock.now + Self.returnTime
        let exchanged = Set(transaction.steps.filter { $0.restore != nil }.map(\.change.resource))
        for step in transaction.steps {
            guard let before = step.before else { continue }
            guard step.change.handsOver || !mounted(by: step).isDisjoint(with: exchanged) else { continue }
            // What cannot be observed, or does not come, is for `status` to tell: the undo itself is done.
            while ContinuousClock.now < deadline, (try? await executor.observe(before))?.progress == .pending {
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// Runs a body to its end, whether or not the surrounding task is cancelled.
    func shielded<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
        await Task { await body() }.value
    }
}
