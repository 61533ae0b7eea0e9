import CLinux
import Glibc
import SheafSystem

/// A file descriptor that is closed when nobody needs it any more.
final class OpenFile: Sendable {
    let descriptor: Int32
    /// How the file is shown in messages.
    let name: String

    /// Takes over an open descriptor.
    init(adopting descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    deinit { close(descriptor) }

    /// Opens a file or folder, by default to read.
    ///
    /// - Throws: `SystemError`.
    static func open(_ path: String, _ flags: Int32 = O_RDONLY, mode: UInt32 = 0) throws(SystemError) -> OpenFile {
        // Without O_NONBLOCK, opening a named pipe would wait for a writer.
        let descriptor = sheaf_open(path, flags | O_CLOEXEC | O_NONBLOCK, mode)
        guard descriptor >= 0 else { throw SystemError("open \(path)") }
        return OpenFile(adopting: descriptor, name: path)
    }

    /// Makes a file that has no name and is gone once closed, unless it is given a name before.
    ///
    /// Its mode is what the umask leaves of 0666.
    ///
    /// - Throws: `SystemError`.
    static func anonymous(in folder: String) throws(SystemError) -> OpenFile {
        var descriptor = sheaf_open_anonymous(folder)
        if descriptor < 0, errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT {
            // A file system without nameless files: take the name away at once.
            let path = "\(folder)/sheaf-\(getpid())-\(UInt64.random(in: 0 ... .max)).tmp"
            descriptor = sheaf_open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if descriptor >= 0 { unlink(path) }
        }
        guard descriptor >= 0 else { throw SystemError("write to \(folder)") }
        return OpenFile(adopting: descriptor, name: folder)
    }

    /// What the system knows about the file.
    ///
    /// - Throws: `SystemError`.
    func status() throws(SystemError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError("read \(name)") }
        return status
    }

    /// Reads at a place without moving a shared position.
    ///
    /// - Returns: Fewer bytes than asked for only at the end of the file.
    /// - Throws: `SystemError`.
    func bytes(at offset: Int64, count: Int) throws(SystemError) -> [UInt8] {
        var number: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = buffer.baseAddress.map { $0 + filled }
                let got = pread(descriptor, rest, count - filled, off_t(offset) + off_t(filled))
                if got < 0, errno == EINTR { continue }
                if got < 0 { number = errno }
                guard got > 0 else { return }
                filled += got
            }
        }
        guard number == 0 else { throw SystemError("read \(name)", number: number) }
        return bytes
    }

    /// Writes at the current position.
    ///
    /// - Throws: `SystemError`.
    func write(_ bytes: [UInt8]) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("write \(name)") }
            written += count
        }
    }

    /// Reads at a place into memory.
    ///
    /// - Returns: How many bytes were read; fewer than asked for only at the end of the file.
    /// - Throws: `SystemError`.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(SystemError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = buffer.baseAddress.map { $0 + filled }
            let got = pread(descriptor, rest, buffer.count - filled, off_t(offset) + off_t(filled))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw SystemError("read \(name)") }
            if got == 0 { break }
            filled += got
        }
        return filled
    }

    /// Writes at a place without moving a shared position.
    ///
    /// - Throws: `SystemError`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let rest = bytes.baseAddress.map { $0 + written }
            let count = pwrite(descriptor, rest, bytes.count - written, off_t(offset) + off_t(written))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("write \(name)") }
            written += count
        }
    }

    /// Makes what was written durable.
    ///
    /// - Throws: `SystemError`.
    func sync() throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw SystemError("sync \(name)") }
    }
}

/// How much is read at once.
let readingChunk = 1 << 20
