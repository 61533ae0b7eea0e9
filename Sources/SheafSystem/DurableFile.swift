import CLinux
import Glibc

/// Files that are either there whole or not at all, also after a crash.
///
/// A file that is being written is named `NAME.PID.RANDOM.tmp` and locked, so whoever comes later can tell what a
/// killed process left behind.
package enum DurableFile {
    /// Writes a file under a temporary name beside it, syncs it, renames it, and syncs the folder.
    ///
    /// - Parameters:
    ///   - bytes: The whole content.
    ///   - path: Is replaced when it exists, unless it is a device, a pipe or a socket. Its folder must exist.
    ///   - mode: The permissions, whatever the umask.
    ///   - owner: Whom the file belongs to then; only root may give it to somebody else.
    ///   - isSynced: False for files that need not survive a power cut, only a crash of the process.
    /// - Throws: `SystemError`; the path is untouched then and the temporary file is gone.
    package static func write(
        _ bytes: [UInt8],
        to path: String,
        mode: UInt32 = 0o600,
        owner: (user: UInt32, group: UInt32)? = nil,
        isSynced: Bool = true
    ) throws(SystemError) {
        try refuseSpecial(path)
        let (temporary, descriptor) = try makeTemporary(for: path, mode: mode)
        do throws(SystemError) {
            try writeAll(bytes, to: descriptor, of: path)
            if let owner, fchown(descriptor, owner.user, owner.group) != 0 {
                throw SystemError("keep the owner of \(path)")
            }
            guard fchmod(descriptor, mode) == 0 else { throw SystemError("set the mode of \(path)") }
            if isSynced, fsync(descriptor) != 0 { throw SystemError("sync \(path)") }
            guard rename(temporary, path) == 0 else { throw SystemError("write \(path)") }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        close(descriptor)
        if isSynced { try syncFolder(of: path) }
    }

    /// Makes a file that is not there yet, as `write(_:to:mode:isSynced:)` would, mode 0600.
    ///
    /// - Returns: Whether it was made; false when there is one already, which stays as it is.
    /// - Throws: `SystemError`; then there is none.
    package static func create(_ bytes: [UInt8], at path: String) throws(SystemError) -> Bool {
        let (temporary, descriptor) = try makeTemporary(for: path, mode: 0o600)
        defer {
            close(descriptor)
            unlink(temporary)
        }
        try writeAll(bytes, to: descriptor, of: path)
        guard fchmod(descriptor, 0o600) == 0 else { throw SystemError("set the mode of \(path)") }
        guard fsync(descriptor) == 0 else { throw SystemError("sync \(path)") }
        // Unlike a rename, a link never replaces what somebody else has made meanwhile.
        guard link(temporary, path) == 0 else {
            if errno == EEXIST { return false }
            throw SystemError("write \(path)")
        }
        try syncFolder(of: path)
        return true
    }

    /// Refuses to replace what is there and is neither a file nor a folder.
    ///
    /// Whoever may write into `/dev` would otherwise lose `/dev/stdout` by naming it.
    /// - Throws: `SystemError` for a device, a pipe or a socket, also behind a link.
    package static func refuseSpecial(_ path: String) throws(SystemError) {
        var information = stat()
        guard stat(path, &information) == 0 else { return }
        let kind = information.st_mode & S_IFMT
        guard kind == S_IFREG || kind == S_IFDIR else {
            throw SystemError("replace \(path), which is no regular file", number: EPERM)
        }
    }

    /// Makes the names in the folder of a path durable.
    package static func syncFolder(of path: String) throws(SystemError) {
        let folder = folder(of: path)
        let descriptor = sheaf_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemError("sync \(folder)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemError("sync \(folder)") }
    }

    /// The folder that a path has its name in.
    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// Makes a locked file beside a path.
    private static func makeTemporary(
        for path: String,
        mode: UInt32
    ) throws(SystemError) -> (name: String, descriptor: Int32) {
        while true {
            let name = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
            let descriptor = sheaf_open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
            guard descriptor >= 0 else { throw SystemError("write \(path)") }
            // Not every file system has locks; without one nobody else gets one either.
            flock(descriptor, LOCK_EX)
            var status = stat()
            // Somebody may have swept it away before it was locked.
            if fstat(descriptor, &status) != 0 || status.st_nlink > 0 { return (name, descriptor) }
            close(descriptor)
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, of path: String) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("write \(path)") }
            written += count
        }
    }
}
