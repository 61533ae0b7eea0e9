import Glibc

/// The lines of a file, plain or packed with gzip, without holding more than one in memory.
///
/// Line ends are given as `\n`, whatever they are in the file; the last line may have none.
final class LineReader {
    /// A line longer than this is taken for a broken file, not for data.
    static let longestLine = 64 << 20

    private let path: String
    private let source: Descriptor
    private let unpacker: ChildProcess?
    private let cancellation: Cancellation
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var isCollected = false

    init(_ path: String, cancellation: Cancellation) throws {
        self.path = path
        self.cancellation = cancellation
        if path.hasSuffix(".gz") {
            // Opened here first, so that a missing file is told as such and not as a failure of gzip.
            _ = try Descriptor.reading(path)
            let (read, write) = try Descriptor.pipe()
            unpacker = try ChildProcess(
                ["gzip", "-dc", "--", path],
                environment: ["PATH=/usr/local/bin:/usr/bin:/bin"],
                output: write
            )
            source = read
        } else {
            unpacker = nil
            source = try Descriptor.reading(path)
        }
        try fill()
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    }

    /// The next line with its `\n`; nil at the end of the file.
    func next() throws -> [UInt8]? {
        var searched = start
        while true {
            if let end = newline(from: searched) {
                defer { start = end + 1 }
                return normalized(buffer[start...end])
            }
            searched = buffer.count
            if isAtEnd { break }
            guard buffer.count - start < Self.longestLine else {
                throw SteampipeError("steampipe.line-too-long", "\(path) has a line of more than 64 MiB")
            }
            if start > 0 {
                buffer.removeSubrange(..<start)
                searched -= start
                start = 0
            }
            try fill()
        }
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        let rest = buffer[start...]
        return Array(rest.last == 13 ? rest.dropLast() : rest)
    }

    private func newline(from index: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, index < bytes.count,
                let found = memchr(base + index, 10, bytes.count - index)
            else { return nil }
            return found - UnsafeMutableRawPointer(mutating: base)
        }
    }

    private func normalized(_ line: ArraySlice<UInt8>) -> [UInt8] {
        guard line.dropLast().last == 13 else { return Array(line) }
        return line.dropLast(2) + [10]
    }

    private func fill() throws {
        try cancellation.check()
        let bytes = try source.read()
        buffer += bytes
        if bytes.isEmpty {
            isAtEnd = true
            try collect()
        }
    }

    private func collect() throws {
        guard let unpacker, !isCollected else { return }
        isCollected = true
        guard unpacker.wait() == 0 else {
            throw SteampipeError("steampipe.gzip-failed", "\(path) cannot be unpacked: it is no gzip file, or damaged")
        }
    }

    deinit {
        guard let unpacker, !isCollected else { return }
        unpacker.signalGroup(SIGKILL)
        _ = unpacker.wait()
    }
}
