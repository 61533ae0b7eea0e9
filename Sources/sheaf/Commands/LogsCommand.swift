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
            """
    )

    @Argument(help: "The resource: TYPE:NAME, TYPE:NAME:WORKSPACE, or a name that only one has.")
    var resource: String

    @Flag(name: [.customShort("f"), .long], help: "Go on as more is written; Ctrl-C ends it.")
    var follow = false

    @Option(help: "Only the last lines of each process.")
    var tail: Int?

    func validate() throws {
        if let tail, tail < 0 { throw ValidationError("--tail must not be negative") }
    }

    func run() async throws {
        let context = try CommandContext()
        let instance = try LiveResource.find(resource, in: context.existingStore())
        var reader = LogReader(files: context.executor.files(of: instance))
        reader.show(tail: tail)
        while follow {
            // More text in a file is no event that a reader could wait for on every file system.
            try await Task.sleep(for: .milliseconds(200))
            let current = try LiveResource.find(instance.resource.id.description, in: context.existingStore())
            let files = context.executor.files(of: current)
            if files != reader.files { reader = LogReader(files: files) }
            reader.show(tail: nil)
        }
    }
}
