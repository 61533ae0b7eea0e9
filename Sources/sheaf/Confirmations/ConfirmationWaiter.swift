import FoundationEssentials
import SheafEngine
import SheafModel
import SheafStore
import SheafSystem

/// The process that reverts a revision at its deadline unless it is confirmed before.
///
/// It is the program itself, in a session of its own. When it is killed, or the machine starts anew, the next command
/// that writes does its work.
enum ConfirmationWaiter {
    /// The hidden command that waits.
    static let command = "await-confirmation"

    /// How long it waits at most before it looks at the clock again: a machine that was suspended has lost that time.
    private static let longestWait = Duration.seconds(30)

    /// Starts it; that it could not be started is told on standard error.
    static func start(for waiting: Confirmation, in context: CommandContext) {
        do {
            let folder = folder(in: context)
            try PrivateFolder.make(folder)
            // What was sealed need not be given again, and what is not needed should not stay in a process.
            var environment = context.environment.filter { !$0.key.hasPrefix("SHEAF_SECRET_") }
            environment["SHEAF_HOME"] = context.home
            try DetachedProcess.launch(
                try RunningProgram.path(),
                arguments: [command, waiting.bundle, "--revision", String(waiting.revision)],
                environment: environment.map { "\($0.key)=\($0.value)" },
                log: log(of: waiting, in: context)
            )
        } catch {
            StandardStreams.error.write(
                "warning: nobody waits for the confirmation (\(error)); the next command that writes keeps the deadline\n"
            )
        }
    }

    /// Waits for the end of a confirmation.
    ///
    /// - Returns: What is still not confirmed at its deadline; nil when it was settled before.
    /// - Throws: `StoreError`, or `SystemError` when the home cannot be watched.
    static func wait(for revision: Int, of bundle: String, in store: Store, home: String) throws -> Confirmation? {
        let watch = try FolderWatch(home)
        var end: ContinuousClock.Instant?
        while let waiting = try store.pendingConfirmations(of: bundle).first(where: { $0.revision == revision }) {
            // From here on a clock that is set does not matter.
            let left = max(waiting.deadline.timeIntervalSince(Date.now), 0)
            let deadline = end ?? ContinuousClock.now + .milliseconds(Int64(left * 1000))
            end = deadline
            if ContinuousClock.now >= deadline { return waiting }
            // Every write of the store is a change in the home.
            watch.wait(atMost: min(deadline - .now, longestWait))
        }
        return nil
    }

    /// Removes the log of a waiter that has nothing to say.
    static func removeLog(of revision: Int, bundle: String, in context: CommandContext) {
        // What cannot be removed is a small file without a meaning.
        try? FileManager.default.removeItem(atPath: "\(folder(in: context))/\(bundle)-\(revision).log")
    }

    private static func folder(in context: CommandContext) -> String { "\(context.home)/confirmations" }

    private static func log(of waiting: Confirmation, in context: CommandContext) -> String {
        "\(folder(in: context))/\(waiting.bundle)-\(waiting.revision).log"
    }
}

extension Confirmation {
    /// What there is to do, in one line.
    var inWords: String {
        let late = deadline < Date.now ? "was" : "is"
        let remedy = deadline < Date.now ? "the next command that writes reverts it" : "sheaf confirm \(bundle)"
        return "revision \(revision) \(late) to be confirmed until \(Rendering.date(deadline)): \(remedy)"
    }
}
