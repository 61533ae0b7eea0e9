import ArgumentParser
import FoundationEssentials
import SheafExecutor
import SheafModel

/// `sheaf logs`.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show what a resource's processes have written.",
        discussion: """
            EXAMPLES
              sheaf logs service:web
              sheaf logs workflow:report:shop --tail 20
              sheaf logs worker:cleaner -f
              sheaf logs report --run 01kb8 --job load    # of one run, see 'runs'
              sheaf logs service:web:shop --failed     # of the last attempt that was undone
            """
    )

    @Argument(help: "The resource: TYPE:NAME, TYPE:NAME:WORKSPACE, or a name that only one has.")
    var resource: String

    @Flag(name: [.customShort("f"), .long], help: "Go on as more is written; Ctrl-C ends it.")
    var follow = false

    @Option(help: "Only the last lines of each process.")
    var tail: Int?

    @Option(help: "Show this run of a workflow, by its identifier or a part of it, instead of the last one.")
    var run: String?

    @Option(help: "Show only this job of a workflow.")
    var job: String?

    @Flag(help: "Show what was kept of the last attempt that failed and was undone.")
    var failed = false

    func validate() throws {
        if let tail, tail < 0 { throw ValidationError("--tail must not be negative") }
        if failed, run != nil { throw ValidationError("what --failed shows is of no run: leave out --run") }
        if failed, follow { throw ValidationError("what --failed shows has ended: leave out -f") }
    }

    func run() async throws {
        let context = try CommandContext()
        if failed { return try showFailure(context) }
        let instance = try liveInstance(context)
        let id = instance.resource.id
        guard id.kind.runsProcesses else {
            throw NoLogs(resource: id, data: id.kind == .volume ? context.executor.folder(ofVolume: id) : nil)
        }
        var reader = LogReader()
        reader.show(try logs(of: instance, context), tail: tail)
        while follow {
            // More text in a file is no event that a reader could wait for on every file system.
            try await Task.sleep(for: .milliseconds(200))
            let current = try LiveResource.find(instance.resource.id.description, in: context.existingStore())
            reader.show(try logs(of: current, context), tail: nil)
        }
    }

    /// The logs that are asked for: of a workflow those of one run.
    private func logs(of instance: ResourceInstance, _ context: CommandContext) throws -> [(
        process: String, path: String
    )] {
        let id = instance.resource.id
        guard id.kind == .workflow else {
            guard run == nil, job == nil else {
                throw UsageError("\(id) is no workflow", hint: "only workflows have runs and jobs")
            }
            return context.executor.files(of: instance).processLogs
        }
        let runs = context.executor.runs(of: id)
        let chosen =
            try run.map { try KnownWorkflow(bundle: "", instance: instance).run($0, among: runs) } ?? runs.first
        // A run that is just beginning has no jobs to name yet.
        let logs = chosen.map(\.logs).flatMap { $0.isEmpty ? nil : $0 }
        return try ofJob(logs ?? context.executor.files(of: instance).processLogs)
    }

    private func ofJob(_ logs: [(process: String, path: String)]) throws -> [(process: String, path: String)] {
        guard let job else { return logs }
        guard let log = logs.first(where: { $0.process == job }) else {
            let names = logs.map(\.process)
            throw UsageError(
                "the workflow has no job '\(job)'",
                hint: Suggestion.help(for: job, among: names) ?? "choose from: \(names.joined(separator: ", "))"
            )
        }
        return [log]
    }

    private func liveInstance(_ context: CommandContext) throws -> ResourceInstance {
        do {
            return try LiveResource.find(resource, in: context.existingStore())
        } catch let error as NoSuchResource where !error.isAmbiguous {
            guard (try? kept(context)) != nil else { throw error }
            throw error.with(hint: "its last attempt failed: sheaf logs \(resource) --failed")
        }
    }

    private func kept(_ context: CommandContext) throws -> FailedIncarnation {
        try ResourceQuery(resource).only(of: context.executor.failures, called: "resource with a failed attempt") {
            $0.resource
        }
    }

    /// Shows the logs of what is not there any more: nothing of it need be live.
    private func showFailure(_ context: CommandContext) throws {
        var reader = LogReader()
        reader.show(try ofJob(kept(context).logs), tail: tail)
    }
}

/// What runs nothing has nothing to say.
private struct NoLogs: SheafError {
    let resource: ResourceID
    /// Where the data of a volume is.
    let data: String?

    var code: String { "resource.no-logs" }
    var message: String { "\(resource) has no logs: it runs nothing" }
    var hint: String? { data.map { "its data is in \($0)" } ?? "sheaf get -t \(resource.kind.rawValue)" }
    var failureClass: FailureClass { .refused }
}
