import FoundationEssentials
import SheafModel
import SheafSupervision

extension ResourceState {
    /// The same with what a supervisor has recorded.
    func with(_ status: SupervisorStatus?) -> ResourceState {
        guard let status, status.phase != .notRun else { return self }
        var state = self
        let isSupervised = Incarnation.supervisor(of: status) != nil
        state.processes = status.processes.filter { $0.state != .idle }.map { $0.state(isSupervised: isSupervised) }
        state.limits = status.limits
        if isSupervised { state.note = status.scaling }
        return state
    }

    /// The same of a workflow of which earlier runs go on beside the last one.
    func with(earlierRuns: [SupervisorStatus]) -> ResourceState {
        guard !earlierRuns.isEmpty else { return self }
        var state = self
        state.pids += earlierRuns.flatMap { $0.processes.compactMap(\.pid) }
        let earlier = earlierRuns.count == 1 ? "an earlier run goes on" : "\(earlierRuns.count) earlier runs go on"
        state.note = [note, earlier].compactMap(\.self).joined(separator: "; ")
        return state
    }
}

extension ProcessStatus {
    /// What people are told of it.
    ///
    /// - Parameter isSupervised: Whether its supervisor lives; without one nothing of it runs or will start.
    /// - Returns: Without what a failed start has said, which may quote a word of a command.
    func state(isSupervised: Bool) -> ProcessState {
        var told = ProcessState(
            name: name,
            state: isSupervised || state.isFinal ? word : "stopped",
            pid: isSupervised ? pid : nil,
            attempts: attempts,
            started: startedAt?.date,
            ended: finishedAt?.date,
            nextStart: isSupervised ? nextStartAt?.date : nil,
            isOutOfMemory: outOfMemory != nil
        )
        switch exit {
        case .code(let code): told.exitCode = code
        case .signal(let number): told.signal = number
        case .notStarted, nil: break
        }
        return told
    }

    /// A job that is tried again is in no loop: that has an end.
    private var word: String {
        let isLooping = state == .backoff && isCrashLooping && name == IncarnationFiles.mainProcess
        return isLooping ? "crash-loop" : state.rawValue
    }

    /// How the last attempt ended, with what it ran out of.
    var ending: String? {
        guard let exit else { return nil }
        guard let outOfMemory else { return exit.description }
        let how = exit == .signal(9) ? "killed" : exit.description
        return "\(how): out of memory, limit \(ByteText.text(outOfMemory))"
    }
}

extension Milliseconds {
    /// A moment since 1970.
    fileprivate var date: Date { Date(timeIntervalSince1970: Double(self) / 1000) }
}
