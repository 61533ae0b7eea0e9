import SheafSupervision
import SheafSystem

/// What a supervisor is told of the run of a workflow: which it is, and how far it had come when its last supervisor
/// was lost.
struct RunInstruction {
    let order: RunOrder
    /// Nil for a run that begins.
    let earlier: SupervisorStatus?

    /// - Returns: nil for what is no run.
    /// - Throws: `FormatError` when a file cannot be understood.
    init?(_ paths: IncarnationPaths) throws(FormatError) {
        guard let text = TextFile.read(paths.order) else { return nil }
        order = try RunOrder(decoding: text)
        if let text = TextFile.read(paths.earlierStatus) {
            earlier = try SupervisorStatus(decoding: text)
        } else {
            earlier = nil
        }
    }
}

extension Member {
    /// Goes on from where a supervisor that was lost had come with the process.
    ///
    /// What ran then was killed by the kernel, which says nothing about the job: it is tried again wherever there is a
    /// retry at all.
    mutating func goOn(from earlier: ProcessStatus) {
        status = earlier
        (status.pid, status.startTime, status.nextStartAt) = (nil, nil, nil)
        // The clock for deadlines has begun anew if the machine has.
        let elapsed = max(Clock.date - (earlier.startedAt ?? Clock.date), 0)
        (firstStart, lastStart) = (Clock.now - elapsed, Clock.now - elapsed)
        switch earlier.state {
        case .running: noteEnd(.signal(9), cause: .any, isStopping: false)
        case .backoff:
            noteEnd(earlier.exit ?? .signal(9), cause: .any, isStopping: false)
            status.finishedAt = earlier.finishedAt
        case .waiting, .idle, .succeeded, .failed, .skipped, .stopped: break
        }
    }
}
