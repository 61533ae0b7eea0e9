import FoundationEssentials
import Glibc
import SheafExecutor
import SheafModel
import SheafSystem

/// The command that tells good revisions from bad ones.
struct BisectCheck {
    /// What `git bisect run` takes as an order to skip.
    private static let skipCode: Int32 = 125
    /// What shells say of a command that cannot be run; from here on no verdict can be meant.
    private static let notRunnable: Int32 = 126

    private let program: String
    private let arguments: [String]
    private let environment: [String: String]

    /// Finds the program before anything is changed.
    ///
    /// - Throws: `UsageError` when there is none.
    init(_ command: [String], environment: [String: String]) throws {
        let name = command.first ?? ""
        guard let program = HostEnvironment(variables: environment).program(name) else {
            throw UsageError("there is no program '\(name)' to run", hint: "write it as you would in a shell")
        }
        self.program = program
        arguments = Array(command.dropFirst())
        self.environment = environment
    }

    /// Runs the command for a revision that is live.
    ///
    /// - Returns: What it says.
    /// - Throws: `BisectProblem` when it says nothing, `CancellationError` when this was interrupted meanwhile.
    func verdict(on revision: Int, of bundle: String) async throws -> Bisection.Verdict {
        var environment = environment
        environment["SHEAF_BUNDLE"] = bundle
        environment["SHEAF_REVISION"] = String(revision)
        let process = try ForegroundProcess(
            program,
            arguments: arguments,
            environment: environment.map { "\($0.key)=\($0.value)" }
        )
        let end = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Waiting blocks, and nothing else is to be done meanwhile.
                let wait: @Sendable () -> Void = { continuation.resume(returning: process.wait()) }
                do { try BlockingThread.start(wait).detach() } catch { wait() }
            }
        } onCancel: {
            process.signal(SIGTERM)
        }
        try Task.checkCancellation()
        switch end {
        case .exited(0): return .good
        case .exited(Self.skipCode): return .skipped
        case .exited(let code) where code < Self.notRunnable: return .bad
        case .exited(let code): throw BisectProblem.noVerdict("exit code \(code)", revision: revision)
        case .signalled(let number): throw BisectProblem.noVerdict("signal \(number)", revision: revision)
        }
    }
}

/// Why a bisection could not go on.
struct BisectProblem: SheafError {
    let code: String
    let message: String
    let hint: String?
    var failureClass: FailureClass { .refused }

    static func noVerdict(_ end: String, revision: Int) -> BisectProblem {
        BisectProblem(
            code: "bisect.no-verdict",
            message: "the command ended with \(end) on revision \(revision), which says nothing about it",
            hint: "let it exit with 0 for good, 125 to skip, another code below 126 for bad"
        )
    }

    static func changed(_ bundle: String, live: Int?) -> BisectProblem {
        BisectProblem(
            code: "bisect.changed",
            message: "somebody else has changed '\(bundle)' meanwhile"
                + (live.map { ": revision \($0) is live, and is left so" } ?? ", and it is left as it is"),
            hint: "run 'sheaf history \(bundle)', then begin again"
        )
    }

    static func undecided(_ suspects: [Int], of bundle: String) -> BisectProblem {
        BisectProblem(
            code: "bisect.undecided",
            message: "one of the revisions \(suspects.map(String.init).joined(separator: ", ")) of '\(bundle)' is the"
                + " first bad one; of the others nothing could be said",
            hint: "compare them with 'sheaf diff \(bundle)@A \(bundle)@B'"
        )
    }

    static func unfit(_ number: Int, of bundle: String, _ reason: String) -> BisectProblem {
        BisectProblem(
            code: "bisect.unfit-revision",
            message: "revision \(number) of '\(bundle)' \(reason)",
            hint: "choose revisions that were live: sheaf history \(bundle)"
        )
    }

    static func unconfirmed(_ waiting: Confirmation) -> BisectProblem {
        BisectProblem(
            code: "bisect.unconfirmed",
            message: "revision \(waiting.revision) of '\(waiting.bundle)' waits to be confirmed",
            hint: "confirm it first: sheaf confirm \(waiting.bundle)"
        )
    }
}
