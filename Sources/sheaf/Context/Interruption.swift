import Dispatch
import Glibc
import SheafSystem
import Synchronization

/// Ctrl-C and SIGTERM: the first asks the operation to stop and to undo, the second ends the process at once.
///
/// What the second leaves undone, the next command that writes undoes.
enum Interruption {
    private static let received = Mutex<Int32?>(nil)

    /// 130 after Ctrl-C, 143 after SIGTERM.
    static var exitCode: Int32 { 128 + (received.withLock { $0 } ?? SIGINT) }

    /// Runs an operation that a signal cancels.
    ///
    /// - Parameters:
    ///   - onSignal: Is called once, when the operation is asked to stop.
    ///   - operation: Notices the cancellation and ends.
    /// - Returns: What the operation returns.
    /// - Throws: What the operation throws.
    static func cancels<Result: Sendable>(
        onSignal: @escaping @Sendable () -> Void,
        _ operation: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let task = Task { try await operation() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                let isFirst = received.withLock { received in
                    defer { received = received ?? number }
                    return received == nil
                }
                guard isFirst else { _exit(128 + number) }
                onSignal()
                task.cancel()
            }
            source.activate()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return try await task.value
    }
}
