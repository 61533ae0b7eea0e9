import Synchronization

/// Messages from several tasks to one, which takes all that have come at once.
///
/// Whoever takes one at a time would write its record one at a time too, and each record waits for the disk.
package final class Inbox<Message: Sendable>: Sendable {
    private struct State {
        var messages: [Message] = []
        var reader: CheckedContinuation<Void, Never>?
        var isCancelled = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Adds a message.
    package func put(_ message: Message) {
        let reader = state.withLock { state in
            state.messages.append(message)
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    /// Waits until there is a message, and takes all; for one task at a time.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    package func takeAll() async throws -> [Message] {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isAwaited = state.withLock { state in
                    guard state.messages.isEmpty, !state.isCancelled else { return false }
                    state.reader = continuation
                    return true
                }
                if !isAwaited { continuation.resume() }
            }
        } onCancel: {
            let reader = state.withLock { state in
                state.isCancelled = true
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume()
        }
        try Task.checkCancellation()
        return state.withLock { state in
            defer { state.messages = [] }
            return state.messages
        }
    }
}
