import CLinux
import Glibc

/// Files that are read whole, whatever they are: regular files, pipes, terminals.
package enum WholeFile {
    /// The content of a file; nil when it has more bytes than allowed.
    ///
    /// - Parameters:
    ///   - path: Links are followed.
    ///   - limit: A larger file is not read to its end.
    /// - Returns: All bytes.
    /// - Throws: `SystemError`, with `EISDIR` for a directory.
    package static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8]? {
        let descriptor = sheaf_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemError("read \(path)") }
        defer { close(descriptor) }
        return try read(descriptor: descriptor, named: path, limit: limit)
    }

    /// What is left to read of an open file; nil when that is more than allowed.
    ///
    /// - Throws: `SystemError`.
    package static func read(descriptor: Int32, named name: String, limit: Int) throws(SystemError) -> [UInt8]? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError("read \(name)") }
        guard status.st_size <= limit else { return nil }
        // One byte more than the file has, so that its end is seen at once.
        var (bytes, isWhole) = try part(of: descriptor, named: name, size: max(Int(status.st_size) + 1, 1 << 12))
        while !isWhole {
            guard bytes.count <= limit else { return nil }
            let next = try part(of: descriptor, named: name, size: 1 << 16)
            bytes += next.bytes
            isWhole = next.isLast
        }
        return bytes.count <= limit ? bytes : nil
    }

    /// Up to so many bytes; fewer only where the file ends.
    private static func part(
        of descriptor: Int32,
        named name: String,
        size: Int
    ) throws(SystemError) -> (bytes: [UInt8], isLast: Bool) {
        var number: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            while filled < size {
                let count = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), size - filled)
                if count < 0, errno == EINTR { continue }
                if count < 0 { number = errno }
                if count <= 0 { return }
                filled += count
            }
        }
        guard number == 0 else { throw SystemError("read \(name)", number: number) }
        return (bytes, bytes.count < size)
    }
}
