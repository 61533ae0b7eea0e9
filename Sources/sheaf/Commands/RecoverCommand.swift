import ArgumentParser
import SheafEngine
import SheafExecutor
import SheafModel

/// `sheaf recover`.
struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Finish or undo what an interrupted command left behind, and start again what does not run.",
        discussion: """
            Every command that writes settles first what was interrupted; that never needs to be asked for, but may be. \
            It ends with 0 unless something cannot be undone (4).

            Only this command starts again all services and workers that are live and do not run, as after a reboot: \
            the same incarnations, without a new revision.

            Only this command goes on with runs of workflows whose supervisor was lost, as after a reboot: jobs that \
            have ended stay as they are, and what ran then has failed or is tried again by its retry.

            It also removes containers of this home that nobody looks after any more, because their supervisor was \
            killed.

            EXAMPLES
              sheaf recover
            """
    )

    @OptionGroup var format: OutputOptions

    private struct Record: Encodable {
        var bundle: String
        var revision: Int?
        var isLive: Bool?
        /// A service or a worker that was started again.
        var resource: String?
        /// A workflow, where one of its runs goes on.
        var workflow: String?
        var run: String?

        init(_ recovery: Recovery) {
            (bundle, revision, isLive) = (recovery.bundle, recovery.revision, recovery.isLive)
        }

        init(_ revival: Revival) { (bundle, resource) = (revival.bundle, revival.resource.description) }

        init(_ resumed: ResumedRun) {
            (bundle, workflow, run) = (resumed.bundle, resumed.workflow.description, resumed.run.description)
        }

        var cells: [String?] {
            if let resource { return [bundle, nil, "\(resource) is started again"] }
            if let workflow, let run { return [bundle, nil, "run \(run) of \(workflow) goes on"] }
            return [bundle, revision.map(String.init), isLive == true ? "live" : "undone"]
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
            records += try await engine.revive().map(Record.init)
            records += try await engine.goOnWithRuns().map(Record.init)
            for incarnation in await context.executor.removeStrayContainers() {
                StandardStreams.error.write("removed a container of \(incarnation), which nobody looked after\n")
            }
        }
        try Rendering.show(records, as: format.output) {
            guard !records.isEmpty else { return "nothing to recover\n" }
            var table = TableText(["bundle", "revision", "now"])
            for record in records { table.add(record.cells) }
            return table.render()
        }
    }
}
