import CLinux
import Glibc
import SheafSystem

/// Folders that only their owner can look into.
enum FileTree {
    /// Makes a folder and those above it, mode 0700; one that is there already is left as it is.
    ///
    /// - Parameters:
    ///   - path: Where.
    ///   - mode: Of the folder itself.
    ///   - isSynced: Whether the names of those that are made are to outlast a power cut.
    /// - Throws: `SystemError` that names the folder that cannot be made.
    static func makeFolder(_ path: String, mode: UInt32 = 0o700, isSynced: Bool = false) throws(SystemError) {
        var changes = UnsyncedChanges()
        try makeFolder(path, mode: mode, noting: &changes)
        if isSynced { try changes.sync() }
    }

    /// Makes a folder and those above it, mode 0700, and notes what a power cut would take away again; one that is there
    /// already is left as it is.
    ///
    /// - Throws: `SystemError` that names the folder that cannot be made.
    static func makeFolder(
        _ path: String,
        mode: UInt32 = 0o700,
        noting changes: inout UnsyncedChanges
    ) throws(SystemError) {
        if mkdir(path, mode) == 0 {
            // The umask must not narrow what was asked for.
            guard mode & mask == 0 || chmod(path, mode) == 0 else { throw SystemError("set the mode of \(path)") }
            return changes.note(nameOf: path)
        }
        switch errno {
        case EEXIST:
            guard isFolder(path) else { throw SystemError("make the folder \(path)", number: ENOTDIR) }
        case ENOENT:
            let parent = parent(of: path)
            guard parent != path else { throw SystemError("make the folder \(path)", number: ENOENT) }
            try makeFolder(parent, noting: &changes)
            try makeFolder(path, mode: mode, noting: &changes)
        default: throw SystemError("make the folder \(path)")
        }
    }

    /// The permissions that new files and folders of this process do not get; all of them where nobody says.
    private static let mask: UInt32 = {
        let line = TextFile.read("/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix("Umask:") }
        return line.flatMap { UInt32($0.dropFirst(6).filter { $0 != "\t" }, radix: 8) } ?? 0o777
    }()

    /// Removes a file or a folder with all that is in it, without following links; nothing happens when it is gone.
    ///
    /// What somebody else removes meanwhile, anywhere in it, is as good as removed here.
    /// - Throws: `SystemError` that names the file or folder that cannot be removed.
    static func remove(_ path: String) throws(SystemError) {
        try remove(path.utf8CString.map { $0 }, in: AT_FDCWD, shown: path)
    }

    /// Gives a file or a folder another name on the same file system.
    static func rename(_ path: String, to target: String) throws(SystemError) {
        guard Glibc.rename(path, target) == 0 else { throw SystemError("rename \(path)") }
    }

    /// How often a folder is emptied that somebody fills meanwhile.
    private static let rounds = 3

    // Names go from folder to folder, so that none on the way can be exchanged for a link. They are bytes with a NUL at
    // the end, since workloads may use names that are no UTF-8; the path is only for people.
    private static func remove(_ name: [CChar], in folder: Int32, shown path: String) throws(SystemError) {
        if unlinkat(folder, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR else { throw SystemError("remove \(path)") }
        for round in 1...rounds {
            try removeContent(of: name, in: folder, shown: path)
            if unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT { return }
            guard errno == ENOTEMPTY, round < rounds else { throw SystemError("remove \(path)") }
        }
    }

    private static func removeContent(of name: [CChar], in folder: Int32, shown path: String) throws(SystemError) {
        // A folder that even its owner may not change, such as the copy of one, is opened up first.
        unlock(name, in: folder)
        let descriptor = sheaf_openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw SystemError("remove \(path)")
        }
        guard let stream = fdopendir(descriptor) else {
            let number = errno
            close(descriptor)
            throw SystemError("remove \(path)", number: number)
        }
        defer { closedir(stream) }
        // All names first: what a folder shows while it shrinks is not defined.
        for entry in names(in: stream) {
            let shown = String(decoding: entry.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
            try remove(entry, in: descriptor, shown: "\(path)/\(shown)")
        }
    }

    /// Gives the owner of a folder all rights; where that cannot be, what needs them fails.
    private static func unlock(_ name: [CChar], in folder: Int32) {
        var information = stat()
        guard fstatat(folder, name, &information, AT_SYMLINK_NOFOLLOW) == 0, information.st_mode & 0o700 != 0o700 else {
            return
        }
        // Without reading it, which needs the right to, and without following what has taken its place meanwhile.
        let descriptor = sheaf_openat(folder, name, sheaf_path_only() | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        chmod("/proc/self/fd/\(descriptor)", 0o700)
    }

    /// All names in a folder but `.` and `..`, each with a NUL at its end.
    static func names(in stream: OpaquePointer) -> [[CChar]] {
        let dot = CChar(bitPattern: UInt8(ascii: "."))
        var names: [[CChar]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                bytes.prefix { $0 != 0 }.map(CChar.init(bitPattern:))
            }
            if name != [dot], name != [dot, dot] { names.append(name + [0]) }
        }
        return names
    }

    /// Removes a file or a folder, and the folders above it that become empty, up to and without a root, so that a power
    /// cut does not bring them back.
    ///
    /// - Throws: `SystemError` that names what cannot be removed.
    static func remove(_ path: String, below root: String) throws(SystemError) {
        try remove(path)
        try removeEmptyFolders(above: path, below: root)
    }

    /// Removes the folders above a path that are empty, up to and without a root, so that a power cut does not bring
    /// them back; others may do the same with folders beside it meanwhile.
    static func removeEmptyFolders(above path: String, below root: String) throws(SystemError) {
        var folder = parent(of: path)
        while true {
            while folder.hasPrefix("\(root)/"), rmdir(folder) == 0 || errno == ENOENT { folder = parent(of: folder) }
            // Also when nothing was there: whoever has removed it may have died before this.
            guard isFolder(folder) || folder.hasPrefix("\(root)/") else { return }
            do throws(SystemError) {
                return try DurableFile.syncFolder(of: "\(folder)/")
            } catch  where error.number == ENOENT && folder.hasPrefix("\(root)/") {
                // It had something in it a moment ago, and is gone with that now.
                continue
            }
        }
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

    /// Whether a path names a folder and no link to one.
    static func isOwnFolder(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
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
