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
        keeper.home.generations(of: id).contains { places(incarnation(id, $0)).contains(where: isRunning) }
    }

    /// The runs of an incarnation that go on beside its last one.
    func earlierRuns(of incarnation: Incarnation, than last: Incarnation) -> [SupervisorStatus] {
        places(incarnation).filter { $0.files != last.files && isRunning($0) }.compactMap(\.files.status)
    }

    /// Wherever a run of an incarnation may be.
    private func places(_ incarnation: Incarnation) -> [Incarnation] { [incarnation] + incarnation.overlaps }

    /// A supervisor that has written its last status is about to end.
    private func isRunning(_ incarnation: Incarnation) -> Bool {
        incarnation.isLocked && incarnation.files.status?.phase.isFinal != true
    }

    /// Ends the runs of all generations that go on, or were interrupted, and notes that they were ended on request.
    ///
    /// - Parameters:
    ///   - id: The workflow.
    ///   - only: The one run that is meant; nil for all.
    /// - Returns: Those runs, in the order in which they began.
    /// - Throws: `ExecutorError` with `stop-failed` or `file-failure`.
    @discardableResult
    func end(_ id: ResourceID, only: RunID? = nil) async throws -> [RunID] {
        var ended: [RunID] = []
        for incarnation in keeper.home.generations(of: id).flatMap({ places(incarnation(id, $0)) }) {
            guard let run = history(of: id).currentRun(in: incarnation.files),
                run.outcome == .interrupted || !run.outcome.isFinal, only.map({ $0 == run.id }) ?? true
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
        return ended.sorted()
    }

    /// Removes the incarnations below a generation of which no run goes on, and what runs beside the last one of that
    /// generation have left; the runs are kept.
    ///
    /// - Parameters:
    ///   - id: The workflow.
    ///   - live: The generation that stays.
    ///   - replaced: One that is looked for even if it has no folder any more.
    /// - Throws: `ExecutorError` when one of them cannot be removed.
    func collect(_ id: ResourceID, below live: Int, replaced: Int? = nil) async throws {
        let older = keeper.home.generations(of: id).filter { $0 < live }
        for generation in Set(older + (replaced.map { [$0] } ?? [])).sorted() {
            let incarnation = incarnation(id, generation), places = places(incarnation)
            guard !places.contains(where: isRunning) else { continue }
            try await change(history(of: id)) { history throws(SystemError) in
                for place in places { try history.keepRun(of: place.files) }
                try history.forgetOld()
            }
            try await keeper.remove(incarnation)
        }
        try await collectOverlaps(of: incarnation(id, live))
    }

    /// Removes what is left of runs beside others: that have ended, or have never come to their beginning.
    ///
    /// The last run of the incarnation stays where it is, as it says how the workflow is; an interrupted one as well, so
    /// that somebody can go on with it.
    private func collectOverlaps(of incarnation: Incarnation) async throws {
        let last = incarnation.files.ofLastRun, history = history(of: incarnation.resource)
        for overlap in incarnation.overlaps where overlap.files != last && !isRunning(overlap) {
            let hasBegun = FileTree.exists(overlap.paths.order), isKept = history.currentRun(in: overlap.files) == nil
            guard !hasBegun || isKept || overlap.files.status?.phase.isFinal == true else { continue }
            try await change(history) { history throws(SystemError) in try history.keepRun(of: overlap.files) }
            try await keeper.remove(overlap)
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
