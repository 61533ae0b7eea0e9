import ArgumentParser
import SheafEngine
import SheafModel

/// `sheaf apply`.
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Make a bundle live, as one transaction.",
        discussion: """
            Afterwards the new revision is live, or the previous one is: what fails, is interrupted or killed half-way is
            undone. What does not change is not touched.

            EXAMPLES
              sheaf apply shop
              sheaf apply shop-1.2.0.sheaf --message "new prices"
              sheaf apply shop@v1.2.0 --timeout 2m
              sheaf apply shop --dry-run
            """
    )

    @OptionGroup var source: SourceOptions
    @OptionGroup var operation: OperationArguments
    @OptionGroup var format: OutputOptions

    @Flag(help: "Say what would be done, and change nothing.")
    var dryRun = false

    @Flag(name: .customLong("no-wait"), help: "Succeed when everything is started, ready or not.")
    var noWait = false

    func run() async throws {
        let context = try CommandContext()
        let loader = ReleaseLoader(context: context)
        let loaded = try loader.load(source.resolved())
        if dryRun {
            let plan = try await PlanPreview.plan(loader.preview(loaded), context: context)
            return try Rendering.show(plan, as: format.output) {
                PlanText(plan, revision: (plan.fromRevision ?? 0) + 1, style: context.terminal.outputStyle).render()
            }
        }
        let release = try loader.release(loaded)
        try await Operation(context: context, store: context.store(), format: format.output).carryOut(
            release.target,
            named: "apply",
            keeping: { try release.keep(in: context.content) },
            options: OperationOptions(
                timeout: operation.timeout.value,
                parallelism: operation.parallelism,
                waitsUntilReady: !noWait,
                message: operation.message
            )
        )
    }
}
