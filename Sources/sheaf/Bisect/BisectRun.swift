import FoundationEssentials
import SheafEngine
import SheafModel
import SheafStore

/// Makes one revision after the other live, checks it, and puts back the one that was live before.
///
/// Each switch is a transaction of its own. A run that is killed therefore leaves a whole revision, and its message in
/// the history says which one was live before.
struct BisectRun {
    let context: CommandContext
    let store: Store
    let bundle: String
    /// Those that were live, by number.
    let revisions: [Int: Revision]
    /// What was live before.
    let original: Revision
    let check: BisectCheck
    let timeout: Duration
    let parallelism: Int
    /// Whether what is live at the end stays.
    let stays: Bool
    let reporter: EventReporter

    /// How the messages of the revisions begin that it makes.
    private static let mark = "bisect "

    /// What was found of one revision.
    struct Look: Encodable {
        var revision: Int
        var verdict: Bisection.Verdict
    }

    /// Searches to the end; what was live before is live again afterwards, however it ends.
    ///
    /// - Returns: The search, and all that was looked at.
    /// - Throws: `BisectProblem`, what the engine throws, or the failure to put the original back, which counts more.
    func search(_ start: Bisection) async throws -> (bisection: Bisection, looks: [Look]) {
        let result: Result<(Bisection, [Look]), any Error>
        do {
            result = .success(try await lookAtAll(start))
        } catch let problem as BisectProblem where problem.code == BisectProblem.changed(bundle, live: nil).code {
            throw problem
        } catch {
            result = .failure(error)
        }
        // Not interrupted by what interrupted the search.
        if !stays { try await Task { try await putBack() }.value }
        return try result.get()
    }

    private func lookAtAll(_ start: Bisection) async throws -> (Bisection, [Look]) {
        var bisection = start
        var looks: [Look] = []
        while let number = bisection.next {
            try Task.checkCancellation()
            tell("bisect-look", .info, "looking at revision \(number); \(left(bisection)) left", number)
            let verdict = try await look(at: number)
            bisection.record(verdict, of: number)
            looks.append(Look(revision: number, verdict: verdict))
            tell(
                "bisect-verdict",
                verdict == .good ? .success : .warning,
                "revision \(number) is \(words(verdict))",
                number
            )
        }
        return (bisection, looks)
    }

    private func look(at number: Int) async throws -> Bisection.Verdict {
        guard let revision = revisions[number] else { return .skipped }
        let live: Int
        do {
            live = try await makeLive(revision, "looks at revision \(number)")
        } catch let error as any SheafError where [.restored, .refused, .missingEngine].contains(error.failureClass) {
            // What cannot be made live cannot be checked; the one before is live again.
            tell("bisect-skip", .warning, "revision \(number) cannot be made live: \(error.message)", number)
            return .skipped
        }
        let verdict = try await check.verdict(on: number, of: bundle)
        guard try store.liveRevision(of: bundle)?.number == live else {
            throw BisectProblem.changed(bundle, live: try store.liveRevision(of: bundle)?.number)
        }
        return verdict
    }

    private func putBack() async throws {
        let live = try store.liveRevision(of: bundle)
        guard live?.number == original.number || live?.message?.hasPrefix(Self.mark) == true else {
            throw BisectProblem.changed(bundle, live: live?.number)
        }
        let number = try await makeLive(original, "puts back revision \(original.number)")
        tell("bisect-restored", .success, "revision \(original.number) is live again, as revision \(number)", number)
    }

    /// - Returns: The number of the revision that is live then.
    private func makeLive(_ revision: Revision, _ what: String) async throws -> Int {
        let isDelete = revision.operation == .delete
        let target: Target = isDelete ? .delete(bundle) : try .restore(revision, from: context.content)
        let engine = context.engine("bisect", store: store) { reporter.report($0) }
        let outcome = try await engine.carryOut(
            target,
            options: OperationOptions(
                timeout: timeout,
                parallelism: parallelism,
                runsJobs: false,
                message: "\(Self.mark)\(what); revision \(original.number) was live before"
            ),
            keeping: { try context.hold(revision, in: store) }
        )
        switch outcome {
        case .unchanged(let revision), .changed(let revision, _, _): return revision
        }
    }

    // MARK: Words

    private func left(_ bisection: Bisection) -> String {
        let count = bisection.checksLeft
        return "at most \(count) \(count == 1 ? "check" : "checks")"
    }

    private func words(_ verdict: Bisection.Verdict) -> String {
        verdict == .skipped ? "skipped" : verdict.rawValue
    }

    private func tell(_ type: String, _ level: OutputEvent.Level, _ message: String, _ revision: Int) {
        reporter.tell(
            OutputEvent(
                type: type,
                time: Date.now,
                level: level,
                message: message,
                bundle: bundle,
                revision: revision
            )
        )
    }
}
