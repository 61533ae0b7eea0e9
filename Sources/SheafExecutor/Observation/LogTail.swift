import CLinux
import Glibc
import SheafSystem

/// The end of a log, as evidence.
package enum LogTail {
    /// How much of the end is looked at, however long the log or one line of it is.
    private static let bytes = 65_536
    /// How much of one line is shown, in characters.
    private static let width = 1000

    /// The last lines that are not empty, in order, without secrets.
    ///
    /// - Returns: Nothing when the log cannot be read or is empty.
    package static func lines(of path: String, count: Int, redaction: Redaction) -> [String] {
        guard let text = end(of: path, atMost: bytes) else { return [] }
        // Secrets are replaced before lines are chosen, so that none is cut into an unrecognisable half.
        return redaction.redact(text).split(separator: "\n").suffix(count).map { line in
            line.utf8.count > width && line.count > width ? "\(line.prefix(width))…" : String(line)
        }
    }

    /// The last lines, as many as fit into so many bytes, without secrets.
    ///
    /// - Returns: nil when the log cannot be read or is empty.
    static func text(of path: String, atMost bytes: Int, redaction: Redaction) -> String? {
        end(of: path, atMost: bytes).map(redaction.redact)
    }

    private static func end(of path: String, atMost bytes: Int) -> String? {
        let descriptor = sheaf_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        // What was given back of a log that had grown too long reads as zeros.
        let start = max(size - bytes, Int(sheaf_next_data(descriptor, 0)), 0)
        var buffer = [UInt8](repeating: 0, count: bytes)
        let count = pread(descriptor, &buffer, min(bytes, size - start), off_t(start))
        guard count > 0 else { return nil }
        var part = buffer[..<count]
        // The first line is only whole where the file begins with it.
        if start > 0 {
            part = part.drop { $0 != UInt8(ascii: "\n") }
            // The end of a secret would not be recognised, so nothing of a cut line is shown.
            if !part.contains(where: { $0 != UInt8(ascii: "\n") }) { return "(a line of more than \(count) bytes)" }
        }
        return String(decoding: part, as: UTF8.self)
    }
}
