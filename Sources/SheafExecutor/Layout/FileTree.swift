import FoundationEssentials
import Glibc
import SheafSystem

/// Folders that only their owner can look into.
enum FileTree {
    /// Makes a folder and those above it, mode 0700; one that is there already is left as it is.
    static func makeFolder(_ path: String, mode: UInt32 = 0o700) throws(SystemError) {
        if mkdir(path, mode) == 0 {
            // The umask must not widen or narrow what was asked for.
            guard chmod(path, mode) == 0 else { throw SystemError("set the mode of \(path)") }
            return
        }
        switch errno {
        case EEXIST:
            guard isFolder(path) else { throw SystemError("make the folder \(path)", number: ENOTDIR) }
        case ENOENT:
            let parent = parent(of: path)
            guard parent != path else { throw SystemError("make the folder \(path)", number: ENOENT) }
            try makeFolder(parent)
            try makeFolder(path, mode: mode)
        default: throw SystemError("make the folder \(path)")
        }
    }

    /// Removes a file or a folder with all that is in it, without following links; nothing happens when it is gone.
    static func remove(_ path: String) throws {
        guard exists(path) else { return }
        try FileManager.default.removeItem(atPath: path)
    }

    /// Removes the folders above a path that are empty, up to and without a root.
    static func removeEmptyParents(of path: String, below root: String) {
        var folder = parent(of: path)
        while folder.hasPrefix("\(root)/"), rmdir(folder) == 0 { folder = parent(of: folder) }
    }

    /// Whether something has that name, a dangling link included.
    static func exists(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0
    }

    static func isFolder(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether a path names a file that this user can run.
    static func isExecutable(_ path: String) -> Bool {
        var information = stat()
        guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return false }
        return access(path, X_OK) == 0
    }

    static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

    /// The path without its last part.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// Whether a name from a manifest stays below the folder that it is put into.
    static func isSafeRelative(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return !path.utf8.contains(0) && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }
}
