import ArgumentParser
import SheafExecutor
import SheafModel

/// `sheaf runs`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List the runs of live workflows, newest first, or show the jobs of one.",
        discussion: """
            A run is one time that the jobs of a workflow ran, because it was applied, because somebody asked for it, or \
            by its schedule. The last ten of each workflow are kept with the output of their jobs, as long as the \
            workflow is live; 'sheaf logs WORKFLOW --run RUN' shows that.

            EXAMPLES
              sheaf runs
              sheaf runs report
              sheaf runs report 01kb8         # the jobs of one run
              sheaf runs report -o json
            """
    )

    @Argument(help: "The workflow; without it, those of all.")
    var workflow: String?

    @Argument(help: "One run, by its identifier or a part of it from its beginning or its end.")
    var runID: String?

    @OptionGroup var format: OutputOptions

    func run() throws {
        let context = try CommandContext()
        let store = try context.existingStore()
        guard let workflow else {
            let workflows = try KnownWorkflow.all(in: store)
            return try show(workflows.flatMap { context.executor.runs(of: $0.id) }, namesWorkflows: true)
        }
        let known = try KnownWorkflow.find(workflow, in: store)
        let runs = context.executor.runs(of: known.id)
        guard let runID else { return try show(runs, namesWorkflows: false) }
        let record = RunRecord(try known.run(runID, among: runs))
        try Rendering.show(record, as: format.output) { RunText.details(record) }
    }

    private func show(_ runs: [WorkflowRun], namesWorkflows: Bool) throws {
        let records = runs.map(RunRecord.init)
        try Rendering.show(records, as: format.output) {
            guard !records.isEmpty else { return "no runs yet; begin one with 'sheaf run WORKFLOW'\n" }
            return RunText(records: records).table(namesWorkflows: namesWorkflows)
        }
    }
}
