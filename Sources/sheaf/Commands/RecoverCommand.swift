import ArgumentParser
import SheafEngine
import SheafExecutor

/// `sheaf recover`.
struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Finish or undo what an interrupted command left behind.",
        discussion: """
            Every command that writes does this first; it never needs to be run by hand, but it may. It ends with 0 \
            unless something cannot be undone (4).

            It also removes containers of this home that nobody looks after any more, because their supervisor was \
            killed.

            EXAMPLES
              sheaf recover
            """
    )

    @OptionGroup var format: OutputOptions

    private struct Record: Encodable {
        var bundle: String
        var revision: Int
        var isLive: Bool
    }

    func run() async throws {
        let context = try CommandContext()
        var recovered: [Recovery] = []
        if let store = try context.existingStore() {
            StandardStreams.carryOnWithoutReader()
            let reporter = EventReporter(
                printer: .lines(to: StandardStreams.error, terminal: context.terminal) { context.elapsed }
            )
            recovered = try await context.engine("recover", store: store) { reporter.report($0) }.recover()
            for incarnation in await context.executor.removeStrayContainers() {
                StandardStreams.error.write("removed a container of \(incarnation), which nobody looked after\n")
            }
        }
        let records = recovered.map { Record(bundle: $0.bundle, revision: $0.revision, isLive: $0.isLive) }
        try Rendering.show(records, as: format.output) {
            guard !records.isEmpty else { return "nothing to recover\n" }
            var table = TableText(["bundle", "revision", "now"])
            for record in records {
                table.add([record.bundle, String(record.revision), record.isLive ? "live" : "undone"])
            }
            return table.render()
        }
    }
}
