import Dispatch
import Glibc
import SheafSystem
import Synchronization

/// Ctrl-C, SIGTERM and a terminal that closes: the first asks the operation to stop and to undo, the second ends the process at once.
///
/// What the second leaves undone, the next command that writes undoes.
enum Interruption {
    private static let received = Mutex<Int32?>(nil)

    /// 130 after Ctrl-C, 143 after SIGTERM, 129 when the terminal was closed.
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
        let sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number -> (any DispatchSourceSignal)? in
            // Who starts a command under nohup wants it to go on without its terminal.
            guard !isIgnored(SIGHUP) || number != SIGHUP else { return nil }
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

    /// Whether a signal was already ignored when this process began.
    private static func isIgnored(_ number: Int32) -> Bool {
        let mask = TextFile.read("/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix("SigIgn:") }
        guard let digits = mask?.split(whereSeparator: \.isWhitespace).last, let bits = UInt64(digits, radix: 16) else {
            return false
        }
        return bits & (1 << UInt64(number - 1)) != 0
    }
}
