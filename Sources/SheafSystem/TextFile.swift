import CLinux
import Glibc

/// Small text files, read whole.
package enum TextFile {
    /// The content as UTF-8, or nil when the file cannot be read.
    ///
    /// For files of the kernel and of a supervisor, where absence and failure mean the same to the caller.
    package static func read(_ path: String) -> String? {
        let descriptor = sheaf_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
