import ArgumentParser
import SheafEngine
import SheafModel
import SheafStore
import SheafSystem

/// The waiter that `apply --confirm-within` leaves behind; nobody runs it by hand.
struct AwaitConfirmationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: ConfirmationWaiter.command,
        abstract: "Put the previous revision back at the deadline of a confirmation.",
        shouldDisplay: false
    )

    @Argument var bundle: String
    @Option var revision: Int

    func run() async throws {
        let context = try CommandContext()
        guard let store = try context.existingStore() else { return }
        while let waiting = try await wait(in: store, context: context) {
            let reporter = context.reporter(.text)
            do {
                try await context.engine("revert", store: store) { reporter.report($0) }.revert(waiting)
            } catch let error as StoreError where error.kind == .leaseHeld {
                // Whoever holds it changes the store, and then it is looked at again.
                try await changes(in: context)
            }
        }
        ConfirmationWaiter.removeLog(of: revision, bundle: bundle, in: context)
    }

    private func wait(in store: Store, context: CommandContext) async throws -> Confirmation? {
        let (bundle, revision, home) = (bundle, revision, context.home)
        return try await Self.blocking {
            try ConfirmationWaiter.wait(for: revision, of: bundle, in: store, home: home)
        }
    }

    private func changes(in context: CommandContext) async throws {
        let home = context.home
        _ = try await Self.blocking { try FolderWatch(home).wait(atMost: .seconds(5)) }
    }

    /// Runs what blocks on a thread of its own.
    private static func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws
        -> Result
    {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try BlockingThread.start { continuation.resume(with: Swift.Result(catching: body)) }.detach()
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
