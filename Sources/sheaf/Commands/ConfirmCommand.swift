import ArgumentParser
import FoundationEssentials
import SheafEngine
import SheafModel

/// `sheaf confirm`.
struct ConfirmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "Confirm a revision that was applied with --confirm-within, so that it stays.",
        discussion: """
            Without it the revision that was live before comes back at the deadline, and a bundle that was not there \
            before is deleted. A confirmation that comes too late puts it back too, and exits with 3.

            EXAMPLES
              sheaf apply shop --confirm-within 10m
              sheaf confirm shop
            """
    )

    @Argument(help: "The bundle's name.")
    var bundle: String

    @OptionGroup var events: EventOptions

    func run() async throws {
        let context = try CommandContext()
        let store = try KnownBundle.store(of: bundle, in: context)
        StandardStreams.carryOnWithoutReader()
        let reporter = context.reporter(events.output)
        let confirmed: Confirmation
        do {
            confirmed = try await context.engine("confirm", store: store) { reporter.report($0) }.confirm(bundle)
        } catch {
            reporter.tellFailure(error)
            throw error
        }
        reporter.tell(
            OutputEvent(
                type: "confirmed",
                time: Date.now,
                level: .success,
                message: "revision \(confirmed.revision) of '\(bundle)' is confirmed and stays",
                bundle: bundle,
                revision: confirmed.revision
            )
        )
    }
}
