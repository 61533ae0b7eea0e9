import ArgumentParser
import SheafEngine

/// `sheaf delete`.
struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "End everything that a bundle runs, in reverse order.",
        discussion: """
            The data of its volumes is kept, with all copies of it, and the next apply finds it again, unless \
            --delete-data is given. The history stays, so 'sheaf rollback' brings the bundle back.

            EXAMPLES
              sheaf delete shop
              sheaf delete shop --delete-data
              sheaf delete shop --delete-data --dry-run
            """
    )

    @Argument(help: "The bundle's name.")
    var bundle: String

    @Flag(help: "Delete the data of its volumes too. This cannot be undone.")
    var deleteData = false

    @Flag(help: "Say what would be done, and change nothing.")
    var dryRun = false

    @OptionGroup var operation: OperationArguments
    @OptionGroup var events: EventOptions

    func run() async throws {
        let context = try CommandContext()
        let store = try KnownBundle.store(of: bundle, in: context)
        var options = operation.options
        options.deletesData = deleteData
        if dryRun {
            return try await PlanPreview(.delete(bundle), options: options, context: context)
                .show(as: events.output == .json ? .json : .table)
        }
        try await Operation(context: context, store: store, form: events.output)
            .carryOut(.delete(bundle), named: "delete", options: options)
    }
}
