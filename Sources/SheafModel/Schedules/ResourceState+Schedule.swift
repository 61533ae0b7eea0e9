package import FoundationEssentials

extension ResourceState {
    /// The state of a workflow with a schedule: what counts is when its next run is due, not how the last one ended.
    ///
    /// - Parameters:
    ///   - schedule: Of the workflow.
    ///   - now: The present moment.
    /// - Returns: With `next:TIME` as the runtime; that of the last run where no other is due. What is not there stays so.
    package func scheduled(by schedule: Schedule, at now: Date) -> ResourceState {
        guard status == "active" else { return self }
        var state = self
        state.progress = .ready
        state.evidence = nil
        let run = runtime.isEmpty ? nil : "last run \([runtime, evidence].compactMap { $0 }.joined(separator: ": "))"
        do throws(FiringTimes.Problem) {
            let times = try FiringTimes(schedule)
            if let next = times.next(after: now) {
                state.runtime = "next:\(times.clock.text(next.date))"
                state.note = run
            } else {
                state.note = ["its schedule has ended", run].compactMap { $0 }.joined(separator: "; ")
            }
        } catch {
            state.note = [error.message, run].compactMap { $0 }.joined(separator: "; ")
        }
        return state
    }
}
