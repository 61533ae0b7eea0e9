import ArgumentParser
import SheafEngine
import SheafModel

/// `sheaf plan`.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Say what an apply would do, and change nothing.",
        discussion: """
            For each resource: what is done and why, the fields that differ, what it interrupts and affects, and how it \
            is undone if the apply fails. A saved plan is carried out by 'sheaf apply SOURCE --plan FILE', and only if \
            nothing has moved since.

            EXAMPLES
              sheaf plan shop
              sheaf plan shop --exit-code      # 2 when there are changes
              sheaf plan shop --environment prod
              sheaf plan shop --save shop.plan
            """
    )

    @OptionGroup var source: SourceOptions
    @OptionGroup(title: "Values") var values: ValueOptions
    @OptionGroup var adoption: AdoptionOptions
    @OptionGroup var format: OutputOptions

    @Flag(help: "Exit with 2 when there are changes.")
    var exitCode = false

    @Flag(help: "Show the resources that are kept too.")
    var all = false

    @Option(help: "Save the plan for a later 'sheaf apply --plan'.", completion: .file())
    var save: String?

    func run() async throws {
        let context = try CommandContext()
        let loader = ReleaseLoader(context: context)
        let subject = try source.resolved()
        if let save { try SavedPlan.checkPlace(save, outside: subject) }
        let loaded = try loader.load(subject, values: values.read(in: context))
        loaded.tellMachineLimits(on: context.terminal)
        var target = try loader.preview(loaded, makesKey: save != nil)
        target.adopts = adoption.adopt
        let preview = try await PlanPreview(target, context: context)
        if let save { try preview.save(to: save) }
        try preview.show(as: format.output, showsKept: all)
        if let save { StandardStreams.error.write("saved: sheaf apply \(source.source) --plan \(save)\n") }
        if exitCode, !preview.plan.isEmpty { throw ExitCode(ExitStatus.changes) }
    }
}
