import ArgumentParser
import FoundationEssentials
import SheafEngine
import SheafExecutor
import SheafModel
import SheafStore

/// `sheaf run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the jobs of a live workflow now, and follow them.",
        discussion: """
            The run goes on when this command is interrupted; 'sheaf runs' shows how it ends. Exits with 1 when a job \
            fails, or the run is ended.

            EXAMPLES
              sheaf run report
              sheaf run workflow:report:shop --no-wait
              sheaf run report -o json           # only how the run ended
              sheaf run report --cancel          # end all runs that go on
              sheaf run report --cancel --run 01kb8   # end one of several
            """
    )

    @Argument(help: "The workflow.")
    var workflow: String

    @Flag(inversion: .prefixedNo, help: "Wait for the end of the run.")
    var wait = true

    @Flag(help: "End the runs that go on or were interrupted, instead of beginning one.")
    var cancel = false

    @Option(help: "With --cancel, end only this run, by its identifier or a part of it from its beginning or its end.")
    var run: String?

    @OptionGroup var format: OutputOptions

    func validate() throws {
        if run != nil, !cancel { throw ValidationError("--run names a run to end: add --cancel") }
    }

    func run() async throws {
        let context = try CommandContext()
        StandardStreams.carryOnWithoutReader()
        let reporter = context.reporter(.text)
        guard let (known, id) = try await begin(context, reporter) else { return }
        if !wait { return try show(known.run(id.description, among: context.executor.runs(of: known.id))) }
        var follower = RunFollower(
            workflow: known.id,
            id: id,
            executor: context.executor,
            reporter: reporter,
            showsLogs: format.output == .table
        )
        let run = try await follower.follow()
        if format.output != .table { try show(run) }
        try check(run)
    }

    /// Begins the run; what the database then needs to be closed happens while the jobs go on already.
    ///
    /// - Returns: nil when a run was ended instead.
    private func begin(_ context: CommandContext, _ reporter: EventReporter) async throws -> (KnownWorkflow, RunID)? {
        let existing = try context.existingStore()
        let known = try KnownWorkflow.find(workflow, in: existing)
        let engine = context.engine("run", store: try existing ?? context.store()) { reporter.report($0) }
        if cancel {
            try await end(known, engine: engine, context: context)
            return nil
        }
        guard let id = try await engine.startRun(of: known.id, in: known.bundle) else {
            throw EngineError(.failed, .refused, "the run of \(known.id) has ended before it began")
        }
        return (known, id)
    }

    private func end(_ known: KnownWorkflow, engine: Engine, context: CommandContext) async throws {
        let chosen = try run.map { try known.run($0, among: context.executor.runs(of: known.id)).id }
        let ended = try await engine.endRuns(of: known.instance, only: chosen)
        guard !ended.isEmpty else {
            throw EngineError(
                .failed,
                .refused,
                chosen.map { "run \($0) of \(known.id) has ended already" } ?? "no run of \(known.id) is going on",
                hint: "see 'sheaf runs \(known.id)'"
            )
        }
        let runs = context.executor.runs(of: known.id).filter { ended.contains($0.id) }
        // Programs expect one, and get the newest.
        for run in format.output == .table ? runs : Array(runs.prefix(1)) { try show(run) }
    }

    private func show(_ run: WorkflowRun) throws {
        let record = RunRecord(run)
        try Rendering.show(record, as: format.output) { "run \(record.id) of \(record.workflow): \(record.outcome)\n" }
    }

    private func check(_ run: WorkflowRun) throws {
        let name = "run \(run.id) of \(run.workflow)"
        switch run.outcome {
        case .pending, .running, .succeeded: return
        case .failed:
            throw EngineError(
                .failed,
                .refused,
                "the \(name) failed: \(run.evidence ?? "a job failed")",
                hint: "sheaf logs \(run.workflow) --run \(run.id)"
            )
        case .stopped: throw EngineError(.failed, .refused, "the \(name) was ended on request")
        case .interrupted:
            throw EngineError(
                .failed,
                .refused,
                "the \(name) was interrupted: its supervisor has ended",
                hint: "sheaf recover, which goes on with it"
            )
        }
    }
}
