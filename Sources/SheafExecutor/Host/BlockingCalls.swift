import Dispatch

/// Runs calls that block on threads of their own, so that the cooperative pool goes on.
///
/// How many there are at a time is bounded by the caller: the engine works on so many steps at once.
enum BlockingCalls {
    private static let queue = DispatchQueue(label: "sheaf.executor.blocking", attributes: .concurrent)

    /// Runs a body elsewhere and waits for it without blocking.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                do {
                    continuation.resume(returning: try body())
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }
}
