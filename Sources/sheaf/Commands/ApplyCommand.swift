import ArgumentParser
import SheafEngine
import SheafModel

/// `sheaf apply`.
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Make a bundle live, as one transaction.",
        discussion: """
            Afterwards the new revision is live, or the previous one is: what fails, is interrupted or killed half-way is \
            undone. What does not change is not touched.

            EXAMPLES
              sheaf apply shop
              sheaf apply shop-1.2.0.sheaf --message "new prices"
              sheaf apply shop@v1.2.0 --timeout 2m
              sheaf apply shop --dry-run
              sheaf apply shop --plan shop.plan
              sheaf apply shop --environment prod --set image.tag=1.2.1
              sheaf apply shop-1.2.0.sheaf --require-signature
              sheaf apply shop --adopt         # with data that lies there already
              sheaf apply shop --confirm-within 10m    # then: sheaf confirm shop
            """
    )

    @OptionGroup var source: SourceOptions
    @OptionGroup(title: "Values") var values: ValueOptions
    @OptionGroup var adoption: AdoptionOptions
    @OptionGroup var operation: OperationArguments
    @OptionGroup var events: EventOptions

    @Flag(help: "Say what would be done, and change nothing.")
    var dryRun = false

    @Option(
        help: "Do only what this plan of 'sheaf plan --save' says, and nothing when anything has moved since.",
        completion: .file()
    )
    var plan: String?

    @Flag(name: .customLong("no-wait"), help: "Succeed when everything is started, ready or not.")
    var noWait = false

    @Option(
        name: .customLong("confirm-within"),
        help: ArgumentHelp(
            "Put the previous revision back unless 'sheaf confirm' comes in this time, such as 30s or 10m.",
            valueName: "duration"
        )
    )
    var confirmWithin: DurationArgument?

    @Flag(
        name: .customLong("require-signature"),
        inversion: .prefixedNo,
        help: "Apply only an archive whose signatures meet the trust file (default: as config.yaml says)."
    )
    var requiresSignature: Bool?

    func run() async throws {
        let context = try CommandContext()
        let loader = ReleaseLoader(context: context)
        let gate = try context.signatureGate(isRequired: requiresSignature)
        let saved = try plan.map { try SavedPlan(path: $0) }
        let loaded = try loader.load(source.resolved(), values: values.read(in: context), gate: gate)
        loaded.tellMachineLimits(on: context.terminal)
        try saved?.check(isOf: loaded.bundle.name, operation: .apply)
        if dryRun {
            var target = try loader.preview(loaded)
            target.adopts = adoption.adopt
            let preview = try await PlanPreview(target, context: context)
            if let saved { try preview.check(saved) }
            return try preview.show(as: events.output == .json ? .json : .table)
        }
        var release = try loader.release(loaded)
        release.target.adopts = adoption.adopt
        var options = operation.options
        options.waitsUntilReady = !noWait
        options.confirmation = confirmWithin.map { .asks(within: $0.value) }
        options.keptRevisions = try context.configuration().keptRevisions
        try await Operation(context: context, store: context.store(), form: events.output).carryOut(
            release.target,
            named: "apply",
            agreeing: saved?.agreement(on: release.target, in: context.home),
            keeping: { [release] in try release.keep(in: context.content) },
            options: options
        )
    }
}
