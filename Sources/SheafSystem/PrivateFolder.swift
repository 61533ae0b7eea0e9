import CLinux
import Glibc

/// Folders and files that only their owner can look into.
package enum PrivateFolder {
    /// Makes a folder and its missing parents, mode 0700, so that they outlast a power cut; one that exists is left as
    /// it is.
    ///
    /// - Throws: `SystemError` when it cannot be made, or when the path is something else.
    package static func make(_ path: String) throws(SystemError) {
        if mkdir(path, 0o700) == 0 { return try DurableFile.syncFolder(of: path) }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try make(String(path[..<slash]))
            if mkdir(path, 0o700) == 0 { return try DurableFile.syncFolder(of: path) }
        }
        guard errno == EEXIST else { throw SystemError("make the folder \(path)") }
        var information = stat()
        guard stat(path, &information) == 0 else { throw SystemError("look at \(path)") }
        guard information.st_mode & S_IFMT == S_IFDIR else {
            throw SystemError("make the folder \(path)", number: ENOTDIR)
        }
    }

    /// Makes an empty file, mode 0600; one that exists keeps its content and loses the permissions of others.
    ///
    /// - Throws: `SystemError` when it cannot be made or belongs to somebody else.
    package static func makeFile(_ path: String) throws(SystemError) {
        let descriptor = sheaf_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError("write \(path)") }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw SystemError("set the mode of \(path)") }
    }
}
