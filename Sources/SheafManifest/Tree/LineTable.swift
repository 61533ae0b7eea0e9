internal import Synchronization

/// Where the lines of a text begin, found out when it is first asked for: a text without findings needs none.
final class LineTable: Sendable {
    private struct Content: Sendable {
        /// The offset of the first byte of every sixteenth line; lines end with a line feed.
        var starts: [UInt32] = []
        /// The number of lines.
        var count = 0
        /// For each block of bytes the number of scalars before it; empty when all characters are ASCII.
        ///
        /// So a column in a line of many megabytes is found without counting from its start.
        var scalars: [UInt32] = []
    }

    /// So many lines have one entry: a text of nothing but line feeds would need four times its size otherwise.
    private static let stride = 16
    private static let block = 1024

    private let isASCII: Bool
    private let content = Mutex<Content?>(nil)

    init(isASCII: Bool) { self.isASCII = isASCII }

    /// The number of lines.
    func count(_ bytes: [UInt8]) -> Int { content(of: bytes).count }

    /// The offset where a 1-based line begins, or nil when there is none.
    func start(_ line: Int, _ bytes: [UInt8]) -> Int? {
        let content = content(of: bytes)
        guard line >= 1, line <= content.count else { return nil }
        var start = Int(content.starts[(line - 1) / Self.stride])
        bytes.withUnsafeBufferPointer { bytes in
            for _ in 0..<(line - 1) % Self.stride { start = (bytes.offset(of: .lineFeed, from: start) ?? start) + 1 }
        }
        return start
    }

    /// The 1-based line that holds a byte.
    func line(at offset: Int, _ bytes: [UInt8]) -> Int {
        let content = content(of: bytes)
        var low = 0
        var high = content.starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if Int(content.starts[middle]) <= offset { low = middle } else { high = middle }
        }
        var line = low * Self.stride + 1
        bytes.withUnsafeBufferPointer { bytes in
            var start = Int(content.starts[low])
            let before = UnsafeBufferPointer(rebasing: bytes[..<min(offset, bytes.count)])
            while let end = before.offset(of: .lineFeed, from: start) {
                start = end + 1
                line += 1
            }
        }
        return line
    }

    /// The number of scalars before an offset.
    func scalars(before offset: Int, _ bytes: [UInt8]) -> Int {
        let content = content(of: bytes)
        guard !content.scalars.isEmpty, offset > 0 else { return offset }
        let end = min(offset, bytes.count)
        let start = (end - 1) / Self.block
        return Int(content.scalars[start]) + bytes[start * Self.block..<end].count { $0 & 0xC0 != 0x80 }
    }

    private func content(of bytes: [UInt8]) -> Content {
        content.withLock { content in
            if let content { return content }
            let made = bytes.withUnsafeBufferPointer { Self.make($0, isASCII) }
            content = made
            return made
        }
    }

    private static func make(_ bytes: UnsafeBufferPointer<UInt8>, _ isASCII: Bool) -> Content {
        var content = Content()
        var next: Int? = 0
        while let start = next {
            if content.count % stride == 0 { content.starts.append(UInt32(start)) }
            content.count += 1
            next = bytes.offset(of: .lineFeed, from: start).map { $0 + 1 }
        }
        guard !isASCII else { return content }
        var total: UInt32 = 0
        for (index, byte) in bytes.enumerated() {
            if index % block == 0 { content.scalars.append(total) }
            if byte & 0xC0 != 0x80 { total += 1 }
        }
        return content
    }
}
