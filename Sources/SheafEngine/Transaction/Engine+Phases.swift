import SheafModel
import SheafStore

extension Engine {
    /// Prepares every step; on failure nothing has happened and nothing is left.
    func prepare(
        _ transaction: OpenTransaction,
        target: Target,
        options: OperationOptions
    ) async throws -> OpenTransaction {
        let directory = LiveResources(desired: target.desired, store: store)
        do {
            let facts = try await prepareAll(transaction, resources: directory, options: options)
            try store.recordPrepared(facts, in: transaction)
            var prepared = transaction
            for (position, found) in facts {
                prepared.steps[position].facts = found
                prepared.progress[position] = .prepared
            }
            return prepared
        } catch {
            try await compensation.discard(transaction)
            throw refusal(error)
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
                group.addTask { [executor] in
                    do {
                        return (position, try await executor.prepare(step, resources: resources))
                    } catch {
                        throw StepFailure(resource: step.change.resource, cause: error)
                    }
                }
            }
            for _ in 0..<options.parallelism { addNext() }
            while let (position, found) = try await group.next() {
                try Task.checkCancellation()
                facts[position] = found
                addNext()
            }
            return facts
        }
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
        do {
            try await scheduler.run()
            try Task.checkCancellation()
            try store.commit(transaction, at: now())
        } catch {
            let failure = failure(of: error)
            report(.failed((error as? StepFailure)?.resource, reason: failure))
            try await compensation.undo(transaction, because: failure)
            throw restoredError(error, failure: failure, transaction: transaction, live: live)
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

    private func failure(of error: any Error) -> String {
        if error is CancellationError { return "it was interrupted" }
        guard let step = error as? StepFailure else { return describe(error) }
        if step.cause is CancellationError { return "it was interrupted" }
        let reason = describe(step.cause)
        guard let resource = step.resource, !reason.contains(resource.description) else { return reason }
        return "\(resource): \(reason)"
    }

    private func isInterruption(_ error: any Error) -> Bool {
        error is CancellationError || (error as? StepFailure)?.cause is CancellationError
    }

    private func restoredError(
        _ error: any Error,
        failure: String,
        transaction: OpenTransaction,
        live: [ResourceInstance]
    ) -> EngineError {
        let name = "revision \(transaction.revision) of '\(transaction.bundle)'"
        let now = live.isEmpty ? "nothing of it is left" : "the previous revision is live again"
        if isInterruption(error) {
            return EngineError(.interrupted, .interrupted, "\(name) was interrupted; \(now)")
        }
        let hint = ((error as? StepFailure)?.cause as? any SheafError ?? error as? any SheafError)?.hint
        return EngineError(
            .failed,
            .restored,
            "\(name) failed: \(stripHint(failure, hint)); \(now)",
            hint: hint
        )
    }

    private func stripHint(_ failure: String, _ hint: String?) -> String {
        guard let hint, failure.hasSuffix(" (\(hint))") else { return failure }
        return String(failure.dropLast(hint.count + 3))
    }

    /// What `prepare` threw, as an error that says nothing was changed.
    private func refusal(_ error: any Error) -> any Error {
        if isInterruption(error) {
            return EngineError(.interrupted, .interrupted, "interrupted before anything was changed")
        }
        guard let step = error as? StepFailure else { return error }
        guard let cause = step.cause as? any SheafError else {
            return EngineError(.refused, .refused, "\(step.resource.map { "\($0): " } ?? "")\(describe(step.cause))")
        }
        if case .missingEngine = cause.failureClass { return cause }
        let prefix = step.resource.map { cause.message.contains($0.description) ? "" : "\($0): " } ?? ""
        return EngineError(
            .refused,
            .refused,
            "\(prefix)\(cause.message); nothing was changed",
            hint: cause.hint
        )
    }
}

/// The wanted resources first, then what is live of other bundles.
struct LiveResources: ResourceDirectory {
    private let wanted: [ResourceID: ResolvedResource]
    private let store: Store

    init(desired: ResolvedBundle?, store: Store) {
        wanted = Dictionary((desired?.resources ?? []).map { ($0.id, $0) }) { first, _ in first }
        self.store = store
    }

    func resource(_ id: ResourceID) throws -> ResolvedResource? {
        try wanted[id] ?? store.liveResource(id)?.resource
    }
}
