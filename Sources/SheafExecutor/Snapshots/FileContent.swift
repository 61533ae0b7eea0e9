import CLinux
import Glibc
import SheafSystem

/// Copies the bytes of one open file to another, holes as holes.
struct FileContent {
    let source: Int32
    let copy: Int32
    let path: String
    /// Is told of every piece that was written; what it throws ends the copy.
    let count: (Int64) throws -> Void

    /// So much at a time that an interruption is soon noticed.
    private static let piece = 8 << 20

    /// Copies the first bytes of the source; the copy has that size then.
    func copy(size: Int64) throws {
        // What an earlier attempt wrote must not show through holes.
        guard ftruncate(copy, 0) == 0, ftruncate(copy, off_t(size)) == 0 else { throw SystemError("copy \(path)") }
        var offset: Int64 = 0
        while offset < size {
            guard let (start, end) = try data(from: offset, size: size) else { return }
            try copyData(from: start, to: end)
            offset = end
        }
    }

    /// The next stretch that holds data; nil when only a hole is left.
    private func data(from offset: Int64, size: Int64) throws -> (start: Int64, end: Int64)? {
        let start = sheaf_next_data(source, offset)
        guard start >= 0 else {
            if errno == ENXIO { return nil }
            // The file system does not tell of holes.
            if errno == EINVAL || errno == EOPNOTSUPP { return (offset, size) }
            throw SystemError("read \(path)")
        }
        guard start < size else { return nil }
        let end = sheaf_next_hole(source, start)
        return (start, end > start ? min(end, size) : size)
    }

    private func copyData(from start: Int64, to end: Int64) throws {
        var (from, to) = (start, start)
        while from < end {
            let length = min(Int(end - from), Self.piece)
            let copied = sheaf_copy_range(source, &from, copy, &to, length)
            if copied < 0 {
                if errno == EINTR { continue }
                guard [EXDEV, EINVAL, ENOSYS, EOPNOTSUPP, EPERM].contains(errno) else {
                    throw SystemError("copy \(path)")
                }
                return try copyThroughMemory(from: from, to: end)
            }
            // The file has become shorter.
            if copied == 0 { return }
            try count(Int64(copied))
        }
    }

    private func copyThroughMemory(from start: Int64, to end: Int64) throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var offset = start
        while offset < end {
            let read = pread(source, &buffer, min(buffer.count, Int(end - offset)), off_t(offset))
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw SystemError("read \(path)") }
            if read == 0 { return }
            var written = 0
            while written < read {
                let size = buffer.withUnsafeBytes { bytes in
                    pwrite(copy, bytes.baseAddress?.advanced(by: written), read - written, off_t(offset) + written)
                }
                if size < 0, errno == EINTR { continue }
                guard size > 0 else { throw SystemError("copy \(path)") }
                written += size
            }
            offset += Int64(read)
            try count(Int64(read))
        }
    }
}
