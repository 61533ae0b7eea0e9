import Synchronization
import sheaf

/// A sink that keeps what it is given.
final class CollectedText: TextSink {
    private let collected = Mutex("")

    var text: String { collected.withLock { $0 } }

    func write(_ text: String) { collected.withLock { $0 += text } }
}
