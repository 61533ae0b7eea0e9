import ArgumentParser
import FoundationEssentials
import SheafArchive
import SheafEngine
import SheafManifest
import SheafModel
import SheafStore

/// `sheaf bisect`.
struct BisectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect",
        abstract: "Find the revision that broke a check.",
        discussion: """
            Makes revisions between a good and a bad one live, one after the other, and runs COMMAND for each, with \
            SHEAF_BUNDLE and SHEAF_REVISION in its environment: exit code 0 says good, 125 skip, any other below 126 bad; \
            126 and above, or a signal, ends the search. Afterwards the revision that was live before is live again.

            EXAMPLES
              sheaf bisect shop --good 3 --bad 9 -- curl -fsS http://127.0.0.1:8080/health
              sheaf bisect shop --good 3 --bad 9 --stay -- ./check.sh
            """
    )

    @Argument(help: "The bundle's name.")
    var bundle: String

    @Option(help: "A revision that passes the check.")
    var good: Int

    @Option(help: "A revision that does not; it may be older than the good one.")
    var bad: Int

    @Flag(help: "Leave live what was looked at last.")
    var stay = false

    @Option(help: "Skip a revision that is not ready after this time, such as 30s, 10m or 1h30m.")
    var timeout = DurationArgument(.seconds(600))

    @Option(help: "How many resources are worked on at once.")
    var parallelism = OperationOptions.standardParallelism

    @OptionGroup var events: EventOptions

    @Argument(parsing: .postTerminator, help: "The command that checks, and its arguments, after --.")
    var command: [String] = []

    func validate() throws {
        guard good != bad else { throw ValidationError("--good and --bad are the same revision") }
        guard !command.isEmpty else { throw ValidationError("write the command that checks after --") }
        guard parallelism > 0 else { throw ValidationError("--parallelism must be at least 1") }
    }

    func run() async throws {
        let context = try CommandContext()
        let store = try KnownBundle.store(of: bundle, in: context)
        let check = try BisectCheck(command, environment: context.environment)
        let (revisions, original) = try revisions(in: store)
        let between = revisions.keys.filter { (min(good, bad)...max(good, bad)).contains($0) }
        let path = between.sorted { (good < bad) == ($0 < $1) }
        StandardStreams.carryOnWithoutReader()
        let reporter = context.reporter(events.output)
        let run = BisectRun(
            context: context,
            store: store,
            bundle: bundle,
            revisions: revisions,
            original: original,
            check: check,
            timeout: timeout.value,
            parallelism: parallelism,
            stays: stay,
            reporter: reporter
        )
        do {
            let (bisection, looks) = try await Interruption.cancels(onSignal: { reporter.tell(.interrupted) }) {
                try await run.search(Bisection(path))
            }
            guard bisection.suspects.count == 1 else {
                throw BisectProblem.undecided(bisection.suspects, of: bundle)
            }
            try show(bisection, looks, revisions, reporter: reporter, context: context)
        } catch {
            let failure = told(error)
            reporter.tellFailure(failure)
            throw failure
        }
    }

    /// All revisions that were live, and the one that is.
    private func revisions(in store: Store) throws -> (byNumber: [Int: Revision], original: Revision) {
        let all = try store.revisions(of: bundle)
        let wereLive = all.filter {
            [.live, .superseded].contains($0.state) && $0.operation != .delete && $0.resolved != nil
        }
        let byNumber = Dictionary(wereLive.map { ($0.number, $0) }) { first, _ in first }
        for number in [good, bad] where byNumber[number] == nil {
            let isThere = all.contains { $0.number == number }
            throw BisectProblem.unfit(number, of: bundle, isThere ? "was never live with anything" : "does not exist")
        }
        if let waiting = try store.pendingConfirmations(of: bundle).first { throw BisectProblem.unconfirmed(waiting) }
        guard let original = all.first(where: { $0.state == .live }) else {
            throw EngineError(.nothingLive, .refused, "nothing of '\(bundle)' is live", hint: "sheaf recover")
        }
        return (byNumber, original)
    }

    private func show(
        _ bisection: Bisection,
        _ looks: [BisectRun.Look],
        _ revisions: [Int: Revision],
        reporter: EventReporter,
        context: CommandContext
    ) throws {
        guard let firstBad = revisions[bisection.firstKnownBad], let lastGood = revisions[bisection.lastGood] else {
            return
        }
        var report = BisectReport(
            time: Date.now,
            bundle: bundle,
            firstBad: .init(firstBad),
            lastGood: .init(lastGood),
            isReversed: good > bad,
            looks: looks
        )
        if !looks.contains(where: { $0.verdict == .bad }) {
            report.note = "the check never failed: that revision \(firstBad.number) is bad was taken on trust"
        }
        do {
            // In the order of time, whatever was searched for.
            let (older, newer) = good < bad ? (lastGood, firstBad) : (firstBad, lastGood)
            report.changes = try changes(from: older, to: newer, in: context)
        } catch let error as any SheafError {
            report.note = "they cannot be compared: \(error.message)"
        }
        reporter.tell(result: report)
        guard events.output == .text else { return }
        let text = try report.text(context.terminal.outputStyle, context: TextDifference.standardContext)
        StandardStreams.output.write(text)
    }

    private func changes(from old: Revision, to new: Revision, in context: CommandContext) throws -> ComparisonRecord {
        let nothing = GivenValues(environment: nil, files: [], settings: [], variables: nil, secrets: SecretSources([]))
        let reader = ComparisonReader(context: context, values: nothing, areValuesGiven: false)
        let (before, after, notes) = try reader.read(
            ("\(bundle)@\(old.number)", .release(old)),
            ("\(bundle)@\(new.number)", .release(new))
        )
        return try ReleaseComparer().record(before, after, notes: notes)
    }

    /// A cancellation as the error that people know.
    private func told(_ error: any Error) -> any Error {
        guard error is CancellationError else { return error }
        let now = stay ? "what was looked at last stays live" : "the revision that was live before is live again"
        return EngineError(.interrupted, .interrupted, "interrupted; \(now)")
    }
}
