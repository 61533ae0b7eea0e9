/// Standard output for results of any size: written in large pieces, or row by row where somebody watches.
final class QueryOutput {
    private static let chunk = 1 << 16

    private let sink: ([UInt8]) -> Void
    private let isWatched: Bool
    private var bytes: [UInt8] = []

    init(isWatched: Bool = false, _ sink: @escaping ([UInt8]) -> Void = { StandardStreams.output.write($0) }) {
        self.isWatched = isWatched
        self.sink = sink
    }

    func write(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        if bytes.count >= Self.chunk { flush() }
    }

    /// A row is complete.
    func rowIsWritten() { if isWatched { flush() } }

    /// Writes what waits.
    func flush() {
        guard !bytes.isEmpty else { return }
        sink(bytes)
        bytes.removeAll(keepingCapacity: true)
    }
}
