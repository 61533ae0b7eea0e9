import CLinux
import Glibc
import SheafSystem

extension FileTree {
    /// The names in a folder, in no order.
    ///
    /// - Returns: nil with `errno` when the folder cannot be read.
    static func names(in folder: String) -> [String]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Gives files a second name below another folder of the same file system; folders are made anew, mode 0700.
    ///
    /// Links are kept as links; pipes, sockets and devices are left out, as is what goes away meanwhile or may
    /// not be linked.
    /// - Throws: `SystemError` that names what cannot be linked.
    static func link(_ path: String, to target: String) throws(SystemError) {
        var information = stat()
        guard lstat(path, &information) == 0 else { return }
        switch information.st_mode & S_IFMT {
        case S_IFDIR:
            try makeFolder(target)
            for name in names(in: path) ?? [] { try link("\(path)/\(name)", to: "\(target)/\(name)") }
        case S_IFREG, S_IFLNK:
            // Files of other users, as containers leave them, may not be linked where the kernel protects them.
            guard linkat(AT_FDCWD, path, AT_FDCWD, target, 0) == 0 || [ENOENT, EPERM, EACCES].contains(errno) else {
                throw SystemError("keep \(path)")
            }
        default: return
        }
    }
}
