import SheafModel
import SheafStore

extension Engine {
    /// Prepares every step; on failure nothing has happened and nothing is left.
    func prepare(
        _ transaction: OpenTransaction,
        target: Target,
        copying snapshots: [SnapshotRequest],
        options: OperationOptions
    ) async throws -> OpenTransaction {
        let directory = LiveResources(target, store: store)
        do {
            let facts = try await prepareAll(transaction, resources: directory, options: options)
            try await takeSnapshots(snapshots)
            try store.recordPrepared(facts, in: transaction)
            var prepared = transaction
            for (position, found) in facts {
                prepared.steps[position].facts = found
                prepared.progress[position] = .prepared
            }
            return prepared
        } catch {
            let failure = OperationFailure(error)
            try await compensation.discard(transaction, because: failure.record)
            throw failure.refusal
        }
    }

    private func prepareAll(
        _ transaction: OpenTransaction,
        resources: any ResourceDirectory,
        options: OperationOptions
    ) async throws -> [Int: [String: String]] {
        try await withThrowingTaskGroup(of: (Int, [String: String]).self) { group in
            var facts: [Int: [String: String]] = [:]
            var next = transaction.steps.startIndex
            func addNext() {
                guard next < transaction.steps.endIndex else { return }
                let position = next
                let step = transaction.steps[position]
                next += 1
                report(.preparing(step.change.resource))
                let retry = TransientRetry(resource: step.change.resource, report: report)
                group.addTask { [executor] in
                    do {
                        let found = try await retry.run { try await executor.prepare(step, resources: resources) }
                        return (position, found)
                    } catch {
                        throw StepFailure(resource: step.change.resource, cause: error)
                    }
                }
            }
            for _ in 0..<options.parallelism { addNext() }
            group.addTask {
                try await Task.sleep(for: options.timeout)
                throw PreparationTimeout()
            }
            do {
                while facts.count < transaction.steps.count, let (position, found) = try await group.next() {
                    try Task.checkCancellation()
                    facts[position] = found
                    addNext()
                }
            } catch is PreparationTimeout {
                throw timeoutError(transaction, prepared: facts, after: options.timeout)
            }
            group.cancelAll()
            return facts
        }
    }

    private struct PreparationTimeout: Error {}

    private func timeoutError(
        _ transaction: OpenTransaction,
        prepared: [Int: [String: String]],
        after timeout: Duration
    ) -> StepFailure {
        let late = transaction.steps.indices.first { prepared[$0] == nil }
        return StepFailure(
            resource: late.map { transaction.steps[$0].change.resource },
            cause: EngineError(
                .timeout,
                .refused,
                "it is not prepared after \(timeout.formatted())",
                hint: "give it more time with --timeout"
            )
        )
    }

    /// Performs every step and commits; on failure everything is undone.
    func perform(
        _ transaction: OpenTransaction,
        target: Target,
        live: [ResourceInstance],
        options: OperationOptions
    ) async throws {
        let scheduler = Scheduler(
            transaction: transaction,
            instances: wantedInstances(transaction, live: live),
            store: store,
            executor: executor,
            options: options,
            report: report
        )
        var mayBeCommitted = false
        do {
            try await scheduler.run()
            try Task.checkCancellation()
            mayBeCommitted = true
            try store.commit(transaction, at: now(), keeping: options.keptRevisions)
        } catch {
            let failure = OperationFailure(error)
            report(.failed((error as? StepFailure)?.resource, reason: failure.detail))
            let undo: UndoReport
            do {
                undo = try await compensation.undo(
                    transaction,
                    because: failure.record,
                    mayBeCommitted: mayBeCommitted,
                    keepsFailed: options.keepsFailed
                )
            } catch let problem as StoreError {
                throw failure.unrecorded(transaction, because: problem)
            }
            throw failure.restored(transaction, before: try store.liveRevision(of: transaction.bundle), undo)
        }
    }

    /// Every resource that will be live, by identity: the new incarnations and the kept ones.
    private func wantedInstances(
        _ transaction: OpenTransaction,
        live: [ResourceInstance]
    ) -> [ResourceID: ResourceInstance] {
        var instances = Dictionary(live.map { ($0.resource.id, $0) }) { first, _ in first }
        for step in transaction.steps { instances[step.change.resource] = step.after }
        return instances
    }
}

/// The wanted resources first, then what is live of other bundles.
struct LiveResources: ResourceDirectory {
    private let wanted: [ResourceID: ResolvedResource]
    private let bundle: String
    private let store: Store

    init(_ target: Target, store: Store) {
        wanted = Dictionary((target.desired?.resources ?? []).map { ($0.id, $0) }) { first, _ in first }
        bundle = target.bundle
        self.store = store
    }

    func resource(_ id: ResourceID) throws -> ResolvedResource? {
        // What the bundle itself has live and does not want any more is about to go.
        try wanted[id] ?? store.liveResource(id, besidesThoseOf: bundle)?.resource
    }
}
