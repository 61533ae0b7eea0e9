import CLinux
import Glibc

/// Reads the logs of one incarnation piece by piece, each line with its process's name where there are several.
struct LogReader {
    private var positions: [String: Int64] = [:]

    /// Passes over what is there already.
    mutating func skip(_ logs: [(process: String, path: String)]) {
        for (_, path) in logs { positions[path] = Self.read(path, from: 0).end }
    }

    /// Writes what has come since the last call to standard output.
    ///
    /// - Parameters:
    ///   - logs: Of the processes, by their names.
    ///   - tail: At most so many last lines of each process; nil for all.
    mutating func show(_ logs: [(process: String, path: String)], tail: Int?) {
        for (process, path) in logs {
            let (text, end) = Self.read(path, from: positions[path] ?? 0)
            positions[path] = end
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            if lines.last?.isEmpty == true { lines.removeLast() }
            if let tail { lines = Array(lines.suffix(tail)) }
            let prefix = logs.count > 1 ? "\(process) | " : ""
            if !lines.isEmpty { StandardStreams.output.write(lines.map { "\(prefix)\($0)\n" }.joined()) }
        }
    }

    /// The text from a position on, and where it ends.
    ///
    /// A log that is not there yet is empty.
    private static func read(_ path: String, from position: Int64) -> (text: String, end: Int64) {
        let descriptor = sheaf_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return ("", position) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var end = position
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(end))
            guard count > 0 else { break }
            bytes += buffer[..<count]
            end += Int64(count)
        }
        return (String(decoding: bytes, as: UTF8.self), end)
    }
}
