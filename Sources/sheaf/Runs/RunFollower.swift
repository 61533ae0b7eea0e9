import FoundationEssentials
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision

/// Tells what the jobs of a run do until it has ended.
struct RunFollower {
    let workflow: ResourceID
    let id: RunID
    let executor: LocalExecutor
    /// Where the progress goes; nil for none.
    let reporter: EventReporter?
    /// Whether the output of the jobs is shown.
    let showsLogs: Bool

    private var reader = LogReader()
    private var known: [String: String] = [:]

    /// Between two looks at what the jobs do: a person sees no difference, and a machine hardly notices.
    ///
    /// The end of the run is seen at once.
    private static let pause = Duration.milliseconds(20)

    init(workflow: ResourceID, id: RunID, executor: LocalExecutor, reporter: EventReporter?, showsLogs: Bool) {
        self.workflow = workflow
        self.id = id
        self.executor = executor
        self.reporter = reporter
        self.showsLogs = showsLogs
    }

    /// Waits for the end of the run.
    ///
    /// - Returns: The run as it ended.
    /// - Throws: `EngineError` when it was removed with its workflow, `CancellationError` when the command is interrupted.
    mutating func follow() async throws -> WorkflowRun {
        while true {
            guard let run = executor.run(id, of: workflow) else {
                throw EngineError(.nothingLive, .refused, "\(workflow) was removed, and its run \(id) with it")
            }
            // What was written before the end is there once the end is known.
            if showsLogs { reader.show(run.logs, tail: nil) }
            tellProgress(of: run)
            if run.outcome.isFinal { return run }
            try await executor.awaitEnd(of: run, atMost: Self.pause)
        }
    }

    /// Tells each state of a job once.
    private mutating func tellProgress(of run: WorkflowRun) {
        for job in run.jobs {
            let state = job.attempts > 1 ? "\(job.state.rawValue), attempt \(job.attempts)" : job.state.rawValue
            guard known.updateValue(state, forKey: job.name) != state, job.state != .waiting else { continue }
            let exit = job.state == .failed || job.state == .backoff ? job.exit.map { ": \($0)" } ?? "" : ""
            reporter?.tell(
                OutputEvent(
                    type: "job",
                    time: Date.now,
                    level: Self.level(of: job.state),
                    message: state + exit,
                    resource: job.name
                )
            )
        }
    }

    private static func level(of state: ProcessStatus.State) -> OutputEvent.Level {
        switch state {
        case .waiting, .running, .idle: .info
        case .succeeded: .success
        case .backoff, .skipped, .stopped: .warning
        case .failed: .failure
        }
    }
}
