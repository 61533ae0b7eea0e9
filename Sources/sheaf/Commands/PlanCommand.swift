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
            """
    )

    @OptionGroup var source: SourceOptions
    @OptionGroup var format: OutputOptions

    @Flag(help: "Exit with 2 when there are changes.")
    var exitCode = false

    func run() async throws {
        let context = try CommandContext()
        let loader = ReleaseLoader(context: context)
        let target = loader.preview(try loader.load(source.resolved()))
        let plan = try await PlanPreview.plan(target, context: context)
        try Rendering.show(plan, as: format.output) {
            PlanText(plan, revision: (plan.fromRevision ?? 0) + 1, style: context.terminal.outputStyle).render()
        }
        if exitCode, !plan.isEmpty { throw ExitCode(ExitStatus.changes) }
    }
}

/// Plans for commands that only look.
enum PlanPreview {
    /// What carrying out the target would do now; makes no state where there is none.
    static func plan(_ target: Target, context: CommandContext) async throws -> Plan {
        guard let store = try context.existingStore() else {
            return Planner.plan(bundle: target.bundle, fromRevision: nil, live: [], desired: target.desired)
        }
        return try await context.engine("plan", store: store, report: { _ in }).plan(target)
    }
}
