import CLinux
import Glibc

/// An exclusive lock on a file, held as long as any process has the descriptor open.
///
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
