import CLinux
import Glibc

/// What was written and would be lost in a power cut, until it is synced together: each file and each folder once,
/// however much of it has changed.
package struct UnsyncedChanges: Sendable {
    private var files: Set<String> = []
    private var folders: Set<String> = []

    package init() {}

    /// Notes that a file was written, or given its name.
    package mutating func note(file path: String) {
        files.insert(path)
        note(nameOf: path)
    }

    /// Notes that a file or a folder was made or renamed.
    package mutating func note(nameOf path: String) { folders.insert(DurableFile.folder(of: path)) }

    /// Makes all of it durable.
    ///
    /// - Throws: `SystemError` that names what could not be synced; nothing may be relied on then.
    package consuming func sync() throws(SystemError) {
        for path in files.sorted() { try Self.sync(path, O_RDONLY) }
        for path in folders.sorted() { try Self.sync(path, O_RDONLY | O_DIRECTORY) }
    }

    private static func sync(_ path: String, _ flags: Int32) throws(SystemError) {
        let descriptor = sheaf_open(path, flags | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemError("sync \(path)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemError("sync \(path)") }
    }
}
