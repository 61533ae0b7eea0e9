import CLinux
import Glibc

/// Waits for changes in a folder by inotify.
///
/// The kernel takes some 10 ms to end a watch, so one is made only where there is something to wait for.
package struct FolderWatch: ~Copyable {
    private let descriptor: Int32

    /// Begins to watch; changes from now on end the next `wait`.
    ///
    /// - Parameters:
    ///   - folder: An absolute path.
    ///   - seesReaders: Whether it is a change that somebody stops reading, as who lets go of a lock does. Whoever reads the
    ///     folder because of a change must not see that.
    /// - Throws: `SystemError` when the folder is not there or the kernel's watches are used up.
    package init(_ folder: String, seesReaders: Bool = true) throws(SystemError) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { throw SystemError("watch \(folder)") }
        let closing = seesReaders ? IN_CLOSE : IN_CLOSE_WRITE
        let events = IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_DELETE | closing
        guard inotify_add_watch(descriptor, folder, UInt32(events)) >= 0 else {
            let number = errno
            close(descriptor)
            throw SystemError("watch \(folder)", number: number)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Blocks until something in the folder has changed since the last call, at most for a time.
    ///
    /// - Returns: Whether something has.
    @discardableResult
    package func wait(atMost limit: Duration) -> Bool {
        let left = max(limit, .zero).components
        let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Int32(clamping: milliseconds)) > 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 4096)
        // What changed does not matter to the caller, who looks again; it only must not end the next wait.
        while read(descriptor, &buffer, buffer.count) > 0 {}
        return true
    }
}
