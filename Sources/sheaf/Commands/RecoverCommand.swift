import ArgumentParser
import SheafEngine
import SheafModel

/// `sheaf recover`.
struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Finish or undo what an interrupted command left behind.",
        discussion: """
            Every command that writes does this first; it never needs to be run by hand, but it may. It ends with 0 \
            unless something cannot be undone (4).

            Only this command goes on with runs of workflows whose supervisor was lost, as after a reboot: jobs that \
            have ended stay as they are, and what ran then has failed or is tried again by its retry.

            EXAMPLES
              sheaf recover
            """
    )

    @OptionGroup var format: OutputOptions

    private struct Record: Encodable {
        var bundle: String
        var revision: Int?
        var isLive: Bool?
        /// A workflow, where one of its runs goes on.
        var workflow: String?
        var run: String?

        init(_ recovery: Recovery) {
            (bundle, revision, isLive) = (recovery.bundle, recovery.revision, recovery.isLive)
        }

        init(_ resumed: ResumedRun) {
            (bundle, workflow, run) = (resumed.bundle, resumed.workflow.description, resumed.run.description)
        }

        var cells: [String?] {
            guard let workflow, let run else {
                return [bundle, revision.map(String.init), isLive == true ? "live" : "undone"]
            }
            return [bundle, nil, "run \(run) of \(workflow) goes on"]
        }
    }

    func run() async throws {
        let context = try CommandContext()
        var records: [Record] = []
        if let store = try context.existingStore() {
            StandardStreams.carryOnWithoutReader()
            let reporter = EventReporter(
                printer: .lines(to: StandardStreams.error, terminal: context.terminal) { context.elapsed }
            )
            let engine = context.engine("recover", store: store) { reporter.report($0) }
            records = try await engine.recover().map(Record.init)
            records += try await engine.goOnWithRuns().map(Record.init)
        }
        try Rendering.show(records, as: format.output) {
            guard !records.isEmpty else { return "nothing to recover\n" }
            var table = TableText(["bundle", "revision", "now"])
            for record in records { table.add(record.cells) }
            return table.render()
        }
    }
}
