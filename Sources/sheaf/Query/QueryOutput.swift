/// Standard output for results of any size: written in large pieces.
final class QueryOutput {
    private static let chunk = 1 << 16

    private let sink: (([UInt8]) -> Void)
    private var bytes: [UInt8] = []

    init(_ sink: @escaping ([UInt8]) -> Void = { StandardStreams.output.write($0) }) { self.sink = sink }

    func write(_ text: String) { write(text.utf8) }

    func write(_ more: some Sequence<UInt8>) {
        bytes.append(contentsOf: more)
        if bytes.count >= Self.chunk { flush() }
    }

    /// Writes what waits.
    func flush() {
        guard !bytes.isEmpty else { return }
        sink(bytes)
        bytes.removeAll(keepingCapacity: true)
    }
}
