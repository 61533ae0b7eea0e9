import ArgumentParser
import FoundationEssentials
import SheafEngine
import SheafExecutor
import SheafManifest
import SheafModel

/// `sheaf rehearse`.
struct RehearseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse",
        abstract: "Apply a bundle in a scratch home, roll it back, and prove that nothing is left of it.",
        discussion: """
            Begins with what is live of the bundle, on ports of its own where those are taken, applies SOURCE, and rolls \
            back (or deletes, for a first apply). Resources, processes, files of workloads and volumes must be the same as \
            before, byte by byte; each difference is listed, and the exit code is 1 then. Jobs really run. What is live is \
            not touched.

            EXAMPLES
              sheaf rehearse shop
              sheaf rehearse shop-1.2.0.sheaf -e prod --no-jobs
            """
    )

    @OptionGroup var source: SourceOptions
    @OptionGroup(title: "Values") var values: ValueOptions

    @Option(help: "Give up when not everything is ready after this time, such as 30s, 10m or 1h30m.")
    var timeout = DurationArgument(.seconds(600))

    @Option(help: "How many resources are worked on at once.")
    var parallelism = OperationOptions.standardParallelism

    @Flag(name: .customLong("no-jobs"), help: "Run no workflows.")
    var noJobs = false

    @OptionGroup var events: EventOptions

    func validate() throws {
        guard parallelism > 0 else { throw ValidationError("--parallelism must be at least 1") }
    }

    func run() async throws {
        let real = try CommandContext()
        let given = try values.read(in: real), source = try source.resolved()
        for path in await RehearsalHome.removeLeftovers(beside: real) {
            StandardStreams.error.write("note: removed \(path), which a killed rehearsal had left\n")
        }
        StandardStreams.carryOnWithoutReader()
        let reporter = real.reporter(events.output)
        let options = OperationOptions(
            timeout: timeout.value,
            parallelism: parallelism,
            runsJobs: !noJobs,
            message: "rehearsal"
        )
        do {
            let result = try await Interruption.cancels(onSignal: { reporter.tell(.interrupted) }) {
                try await Self.rehearse(source, given, options, real, reporter)
            }
            reporter.tell(result: result)
            if events.output == .text { StandardStreams.output.write(text(result)) }
            guard result.differences.isEmpty else {
                let what = result.fromRevision == nil ? "the delete" : "the rollback"
                throw RehearsalProblem.differs(result.differences.count, after: what)
            }
        } catch {
            reporter.tellFailure(error)
            throw error
        }
    }

    /// Makes the scratch home, and removes it whatever happens.
    private static func rehearse(
        _ source: BundleSource,
        _ given: GivenValues,
        _ options: OperationOptions,
        _ real: CommandContext,
        _ reporter: EventReporter
    ) async throws -> RehearsalRun.Result {
        let home = try RehearsalHome(beside: real)
        let scratch = home.context
        let result: Result<RehearsalRun.Result, any Error>
        do {
            let loader = ReleaseLoader(context: scratch)
            let release = try loader.release(loader.load(source, values: given))
            let run = RehearsalRun(
                seed: RehearsalSeed(real: real, scratch: scratch),
                release: release,
                options: options,
                reporter: reporter
            )
            result = .success(try await run.run())
        } catch {
            result = .failure(error)
        }
        try await home.end()
        return try result.get()
    }

    private func text(_ result: RehearsalRun.Result) -> String {
        let name = PrintableText.oneLine(result.bundle)
        let notes = result.notes.map { "note: \(PrintableText.oneLine($0))\n" }.joined()
        let begin = result.fromRevision.map { "from revision \($0)" } ?? "as a first apply"
        guard !result.differences.isEmpty else {
            let undo = result.fromRevision == nil ? "deleted" : "rolled back"
            return "'\(name)' was applied \(begin) and \(undo); \(result.compared) things compared, no difference\n"
                + notes
        }
        var table = TableText(["what", "difference"])
        for difference in result.differences { table.add([difference.what, difference.action.rawValue]) }
        return "'\(name)' was applied \(begin), and this is not as before:\n" + table.render() + notes
    }
}
