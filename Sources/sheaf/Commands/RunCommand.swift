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
            The run goes on when this command is interrupted; 'sheaf status' shows how it ends. Exits with 1 when a job \
            fails.

            EXAMPLES
              sheaf run report
              sheaf run workflow:report:shop
            """
    )

    @Argument(help: "The workflow.")
    var workflow: String

    func run() async throws {
        let context = try CommandContext()
        let instance = try LiveResource.find(workflow, in: context.existingStore())
        let id = instance.resource.id
        guard id.kind == .workflow else {
            throw UsageError("\(id) is no workflow", hint: "only workflows have jobs to run")
        }
        let store = try context.store()
        let owner = try store.inventory().first { $0.instance.resource.id == id }?.bundle
        guard let owner else { throw UsageError("\(id) is not live any more") }
        let reporter = context.reporter(.text)
        var reader = LogReader()
        reader.skip(context.executor.files(of: instance).processLogs)
        try await context.engine("run", store: store, report: { reporter.report($0) }).startRun(of: id, in: owner)
        try await follow(instance, reader: reader, context: context)
    }

    private func follow(_ instance: ResourceInstance, reader: LogReader, context: CommandContext) async throws {
        var reader = reader
        while true {
            let state = try await context.executor.observe(instance)
            reader.show(context.executor.files(of: instance).processLogs, tail: nil)
            switch state.progress {
            case .pending: try await Task.sleep(for: .milliseconds(20))
            case .ready: return
            case .failed:
                throw EngineError(
                    .failed,
                    .refused,
                    "the run of \(instance.resource.id) failed: \(state.evidence ?? state.runtime)"
                )
            }
        }
    }
}
