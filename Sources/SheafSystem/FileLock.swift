import CLinux
import Glibc

/// A lock on a file, held as long as any process has the descriptor open.
///
/// It is exclusive, or shared with others that take it so.
/// The kernel frees it when the last holder ends, however that ends; a child that inherits the descriptor holds it too.
package struct FileLock: ~Copyable, Sendable {
    package let descriptor: Int32

    /// Takes the lock, or finds it taken.
    ///
    /// - Parameter path: Is made when missing, mode 0600.
    /// - Returns: nil when somebody else holds it.
    /// - Throws: `SystemError` when the file cannot be opened.
    package static func take(_ path: String) throws(SystemError) -> FileLock? {
        let descriptor = sheaf_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError("lock \(path)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            close(descriptor)
            guard number == EWOULDBLOCK else { throw SystemError("lock \(path)", number: number) }
            return nil
        }
        return FileLock(descriptor: descriptor)
    }

    /// Takes the lock once nobody has it in a way that forbids that.
    ///
    /// - Parameters:
    ///   - path: Is made when missing, mode 0600.
    ///   - isShared: Whether others may have it too, if they also share it.
    /// - Returns: The lock; the call waits for it.
    /// - Throws: `SystemError` when the file cannot be opened or the file system has no locks.
    package static func wait(for path: String, isShared: Bool) throws(SystemError) -> FileLock {
        let descriptor = sheaf_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError("lock \(path)") }
        while flock(descriptor, isShared ? LOCK_SH : LOCK_EX) != 0 {
            let number = errno
            if number == EINTR { continue }
            close(descriptor)
            throw SystemError("lock \(path)", number: number)
        }
        return FileLock(descriptor: descriptor)
    }

    /// The processes that hold the lock, as far as the kernel tells.
    ///
    /// - Returns: Their numbers, in order; empty also when nobody may know.
    package static func holders(of path: String) -> [Int32] {
        var status = stat()
        guard stat(path, &status) == 0, let table = TextFile.read("/proc/locks") else { return [] }
        // 7: FLOCK  ADVISORY  READ 4711 fe:01:262148 0 EOF; those that wait have an arrow before FLOCK.
        let holders = table.split(separator: "\n").compactMap { line -> Int32? in
            let fields = line.split(separator: " ")
            guard fields.count > 5, fields[1] == "FLOCK", fields[5].hasSuffix(":\(status.st_ino)") else { return nil }
            return Int32(fields[4])
        }
        return Set(holders.filter { $0 > 0 }).sorted()
    }

    /// Whether somebody holds the lock; false when there is no such file.
    package static func isHeld(_ path: String) -> Bool {
        let descriptor = sheaf_open(path, O_RDWR | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// Lets go of the lock; a child that inherited the descriptor goes on holding it.
    package consuming func release() {}

    deinit { close(descriptor) }
}
