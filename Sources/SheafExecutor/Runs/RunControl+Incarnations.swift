import SheafEngine
import SheafModel
import SheafSupervision
import SheafSystem

// What becomes of incarnations and of their runs. A run keeps the incarnation that it began with until it ends, also when
// another one has replaced that.
extension RunControl {
    private func incarnation(_ id: ResourceID, _ generation: Int) -> Incarnation {
        let files = keeper.home.files(of: id, generation: generation)
        return Incarnation(resource: id, files: files, patience: keeper.patience)
    }

    /// Whether a run of some generation of a workflow goes on.
    func isRunning(_ id: ResourceID) -> Bool {
        keeper.home.generations(of: id).contains { isRunning(incarnation(id, $0)) }
    }

    /// A supervisor that has written its last status is about to end.
    private func isRunning(_ incarnation: Incarnation) -> Bool {
        incarnation.isLocked && incarnation.files.status?.phase.isFinal != true
    }

    /// Ends the runs of all generations that go on, or were interrupted, and notes that they were ended on request.
    ///
    /// - Returns: The newest; nil when there is none.
    /// - Throws: `ExecutorError` with `stop-failed` or `file-failure`.
    @discardableResult
    func end(_ id: ResourceID) async throws -> RunID? {
        var ended: [RunID] = []
        for generation in keeper.home.generations(of: id) {
            let incarnation = incarnation(id, generation), history = history(of: id)
            guard let run = history.currentRun(in: incarnation.files),
                run.outcome == .interrupted || !run.outcome.isFinal
            else { continue }
            try await BlockingCalls.run {
                try incarnation.stop()
                do throws(SystemError) {
                    try incarnation.files.noteStop()
                } catch {
                    throw ExecutorError(error, of: id)
                }
            }
            ended.append(run.id)
        }
        return ended.max()
    }

    /// Removes the incarnations below a generation of which no run goes on; their runs are kept.
    ///
    /// - Parameters:
    ///   - id: The workflow.
    ///   - live: The generation that stays.
    ///   - replaced: One that is looked for even if it has no folder any more.
    /// - Throws: `ExecutorError` when one of them cannot be removed.
    func collect(_ id: ResourceID, below live: Int, replaced: Int? = nil) async throws {
        let older = keeper.home.generations(of: id).filter { $0 < live }
        for generation in Set(older + (replaced.map { [$0] } ?? [])).sorted() {
            let incarnation = incarnation(id, generation)
            guard !isRunning(incarnation) else { continue }
            let history = history(of: id)
            try await change(history) { history throws(SystemError) in
                try history.keepRun(of: incarnation.files)
                try history.forgetOld()
            }
            try await keeper.remove(incarnation)
        }
    }

    /// Ends and removes all incarnations, and forgets all runs.
    func removeAll(_ id: ResourceID, replaced: Int) async throws {
        for generation in Set(keeper.home.generations(of: id) + [replaced]).sorted() {
            try await keeper.remove(incarnation(id, generation))
        }
        try await change(history(of: id)) { history throws(SystemError) in try history.forgetAll() }
    }

    /// Ends and removes an incarnation as if it had never been, its runs included.
    func discard(_ instance: ResourceInstance) async throws {
        try await keeper.stop(instance)
        try await change(history(of: instance.resource.id)) { history throws(SystemError) in
            try history.forget(generation: instance.generation)
        }
        try await keeper.remove(instance)
    }

    private func change(
        _ history: RunHistory,
        _ body: @escaping @Sendable (RunHistory) throws(SystemError) -> Void
    ) async throws {
        try await BlockingCalls.run {
            do throws(SystemError) {
                try body(history)
            } catch {
                throw ExecutorError(error, of: history.workflow)
            }
        }
    }
}

extension IncarnationFiles {
    /// Notes that the run was ended on request, where its supervisor was lost and could not say so.
    fileprivate func noteStop() throws(SystemError) {
        guard status?.phase.isFinal != true else { return }
        var stopped =
            lastStatus
            ?? SupervisorStatus(
                phase: .stopped,
                supervisorPid: 0,
                supervisorStartTime: 0,
                processes: plan?.processes.map { ProcessStatus(name: $0.name) } ?? []
            )
        stopped.phase = .stopped
        stopped.processes = stopped.processes.map(\.stopped)
        try DurableFile.write(stopped.encoded(), to: supervision.status)
    }
}

extension ProcessStatus {
    /// The same once it was ended on request.
    fileprivate var stopped: ProcessStatus {
        guard !state.isFinal else { return self }
        var status = self
        (status.state, status.pid, status.startTime, status.nextStartAt) = (.stopped, nil, nil, nil)
        return status
    }
}
