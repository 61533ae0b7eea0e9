import SheafModel
import SheafStore

extension Compensation {
    /// Removes what only the undo needed, then closes the transaction.
    ///
    /// What depends on something ends before it. What cannot be removed holds up nothing else.
    /// - Parameters:
    ///   - transaction: One that is committed.
    ///   - parallelism: How many are ended at once; at least 1.
    /// - Returns: Whether everything is removed; otherwise the transaction stays open for the next recovery.
    func finish(
        _ transaction: OpenTransaction,
        parallelism: Int = OperationOptions.standardParallelism
    ) async -> Bool {
        guard await shielded({ await endAll(of: transaction, parallelism: parallelism) }) else { return false }
        do {
            try store.close(transaction)
            return true
        } catch {
            report(.closingFailed(bundle: transaction.bundle, reason: OperationFailure(error).record))
            return false
        }
    }

    private func endAll(of transaction: OpenTransaction, parallelism: Int) async -> Bool {
        await withTaskGroup(of: (position: Int, hasEnded: Bool).self) { group in
            var queue = EndQueue(transaction.steps)
            var running = 0, isTidy = true
            while true {
                while running < parallelism, let position = queue.next() {
                    running += 1
                    group.addTask { (position, await end(transaction.steps[position], of: transaction.bundle)) }
                }
                guard let ended = await group.next() else { return isTidy }
                running -= 1
                queue.noteEnded(ended.position)
                isTidy = isTidy && ended.hasEnded
            }
        }
    }

    /// Ends what a step replaces, and removes what only the undo needed of it.
    ///
    /// - Returns: Whether nothing of it is left.
    private func end(_ step: Step, of bundle: String) async -> Bool {
        report(.finishing(step.change.resource, step.change.action))
        do {
            try await executor.finish(step)
            try await dropCopies(ofErased: step, of: bundle)
            return true
        } catch {
            report(.finishFailed(step.change.resource, reason: OperationFailure(error).record))
            return false
        }
    }

    /// Removes the copies of a volume that is deleted with its data.
    ///
    /// - Throws: What the executor or the store throws; recovery goes on where it stopped.
    private func dropCopies(ofErased step: Step, of bundle: String) async throws {
        guard step.change.resource.kind == .volume, step.after == nil, step.deletesData else { return }
        try store.forgetSnapshots(of: bundle, volumes: [step.change.resource])
        for copy in try store.droppedSnapshots() where copy.bundle == bundle && copy.volume == step.change.resource {
            try await executor.dropSnapshot(copy)
            try store.removeSnapshot(copy)
        }
    }
}
