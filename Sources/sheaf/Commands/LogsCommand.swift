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
              sheaf logs service:web:shop --failed     # of the last attempt that was undone
            """
    )

    @Argument(help: "The resource: TYPE:NAME, TYPE:NAME:WORKSPACE, or a name that only one has.")
    var resource: String

    @Flag(name: [.customShort("f"), .long], help: "Go on as more is written; Ctrl-C ends it.")
    var follow = false

    @Option(help: "Only the last lines of each process.")
    var tail: Int?

    @Flag(help: "Show what was kept of the last attempt that failed and was undone.")
    var failed = false

    func validate() throws {
        if let tail, tail < 0 { throw ValidationError("--tail must not be negative") }
        if failed, follow { throw ValidationError("what --failed shows has ended: leave out -f") }
    }

    func run() async throws {
        let context = try CommandContext()
        if failed { return try showFailure(context) }
        let instance = try liveInstance(context)
        var reader = LogReader()
        reader.show(context.executor.files(of: instance).processLogs, tail: tail)
        while follow {
            // More text in a file is no event that a reader could wait for on every file system.
            try await Task.sleep(for: .milliseconds(200))
            let current = try LiveResource.find(instance.resource.id.description, in: context.existingStore())
            reader.show(context.executor.files(of: current).processLogs, tail: nil)
        }
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
        reader.show(try kept(context).logs, tail: tail)
    }
}
