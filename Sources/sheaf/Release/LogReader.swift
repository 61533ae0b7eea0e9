import CLinux
import Glibc
import SheafExecutor

/// Reads logs piece by piece, each line with its process's name where there are several.
///
/// It goes on where it was whatever becomes of a file: one that was renamed because it had grown too long, or removed
/// with its incarnation, is read to its end, and what has taken its name from the beginning on.
struct LogReader {
    /// One file that is being read.
    private struct Source {
        var process: String
        /// What it is, whatever its name is now.
        var identity: FileIdentity
        var position: Int64 = 0
        /// Open as long as there are not too many; without it what was removed cannot be read on.
        var descriptor: Int32?
    }

    private struct FileIdentity: Hashable {
        var device: UInt64
        var number: UInt64

        /// Nil when there is no such file.
        init?(_ path: String) {
            var information = stat()
            guard stat(path, &information) == 0 else { return nil }
            (device, number) = (UInt64(information.st_dev), UInt64(information.st_ino))
        }
    }

    private var sources: [String: Source] = [:]

    /// A quarter of the files that a process may have open mostly.
    private static let mostOpen = 256

    /// Passes over what is there already.
    mutating func skip(_ logs: [(process: String, path: String)]) {
        for (process, path) in logs {
            begin(path, of: process)
            _ = read(path)
        }
    }

    /// Writes what has come since the last call to standard output.
    ///
    /// - Parameters:
    ///   - logs: Of the processes, by their names; those of an earlier call that are not among them are read to their
    ///     ends first.
    ///   - tail: At most so many last lines of each process; nil for all.
    mutating func show(_ logs: [(process: String, path: String)], tail: Int?) {
        let isNamed = logs.count > 1
        let current = Set(logs.map(\.path))
        for path in sources.keys.sorted() where !current.contains(path) { finish(path, isNamed: isNamed) }
        for (process, path) in logs {
            var text = read(path)
            if sources[path].map({ $0.identity != FileIdentity(path) }) ?? true {
                let earlier = sources[path] == nil ? Self.text(of: path + LogFiles.earlierSuffix) : ""
                begin(path, of: process)
                text = earlier + text + read(path)
            }
            write(text, prefix: isNamed ? "\(process) | " : "", tail: tail)
        }
    }

    /// Reads what is not among the logs any more, as long as somebody may write to it.
    private mutating func finish(_ path: String, isNamed: Bool) {
        guard let source = sources[path] else { return }
        write(read(path), prefix: isNamed ? "\(source.process) | " : "", tail: nil)
        if FileIdentity(path) != source.identity { forget(path) }
    }

    private func write(_ text: String, prefix: String, tail: Int?) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        if let tail { lines = Array(lines.suffix(tail)) }
        if !lines.isEmpty { StandardStreams.output.write(lines.map { "\(prefix)\($0)\n" }.joined()) }
    }

    // MARK: Files

    /// Begins with a file; one that is not there yet is looked for again.
    private mutating func begin(_ path: String, of process: String) {
        forget(path)
        guard let identity = FileIdentity(path) else { return }
        sources[path] = Source(process: process, identity: identity)
    }

    private mutating func forget(_ path: String) {
        if let descriptor = sources.removeValue(forKey: path)?.descriptor { close(descriptor) }
    }

    /// What has come to a file since it was last read.
    private mutating func read(_ path: String) -> String {
        guard var source = sources[path] else { return "" }
        let descriptor = source.descriptor ?? sheaf_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return "" }
        let (text, end) = Self.read(descriptor, from: source.position)
        source.position = end
        let isKept = source.descriptor != nil || sources.count <= Self.mostOpen
        source.descriptor = isKept ? descriptor : nil
        if !isKept { close(descriptor) }
        sources[path] = source
        return text
    }

    private static func text(of path: String) -> String {
        let descriptor = sheaf_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        return read(descriptor, from: 0).text
    }

    /// The text from a position on, and where it ends.
    private static func read(_ descriptor: Int32, from position: Int64) -> (text: String, end: Int64) {
        // What was given back of a log that had grown too long reads as zeros; the line behind it is cut.
        let start = max(sheaf_next_data(descriptor, position), position)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var end = start
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(end))
            guard count > 0 else { break }
            bytes += buffer[..<count]
            end += Int64(count)
        }
        let whole = start > position ? bytes.drop { $0 != UInt8(ascii: "\n") }.dropFirst() : bytes[...]
        return (String(decoding: whole, as: UTF8.self), end)
    }
}
