import ArgumentParser
import SheafEngine
import SheafModel

/// `sheaf plan`.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Say what an apply would do, and change nothing.",
        discussion: """
            EXAMPLES
              sheaf plan shop
              sheaf plan shop --exit-code      # 2 when there are changes
              sheaf plan shop --environment prod
            """
    )

    @OptionGroup var source: SourceOptions
    @OptionGroup(title: "Values") var values: ValueOptions
    @OptionGroup var format: OutputOptions

    @Flag(help: "Exit with 2 when there are changes.")
    var exitCode = false

    func run() async throws {
        let context = try CommandContext()
        let loader = ReleaseLoader(context: context)
        let target = try loader.preview(loader.load(source.resolved(), values: values.read(in: context)))
        let preview = try await PlanPreview(target, context: context)
        try preview.show(as: format.output)
        if exitCode, !preview.plan.isEmpty { throw ExitCode(ExitStatus.changes) }
    }
}
