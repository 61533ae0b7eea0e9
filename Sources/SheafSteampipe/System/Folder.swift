import Glibc
import SheafSystem

/// The names in folders, and paths.
package enum Folder {
    package enum Kind: Sendable { case file, folder, other }

    /// The names in a folder, sorted by their bytes; nil when it cannot be read.
    package static func names(in path: String) -> [String]? {
        guard let stream = opendir(path) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// What a path leads to; nil when it leads nowhere.
    ///
    /// When links are not followed, a link is `other`.
    package static func kind(of path: String, followsLinks: Bool = true) -> Kind? {
        var info = stat()
        guard (followsLinks ? stat(path, &info) : lstat(path, &info)) == 0 else { return nil }
        switch info.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    /// The last part of a path.
    package static func baseName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// A path without links; nil when it leads nowhere.
    package static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Makes a folder with mode 0700, and the folders above it.
    package static func make(_ path: String) throws {
        if kind(of: path) == .folder { return }
        let above = path.split(separator: "/").dropLast().joined(separator: "/")
        if !above.isEmpty { try make(path.hasPrefix("/") ? "/\(above)" : above) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw SystemError("make the folder \(path)") }
    }

    /// Deletes a folder with all that is in it; links are deleted, not followed.
    package static func remove(_ path: String) throws {
        switch kind(of: path, followsLinks: false) {
        case nil: return
        case .folder:
            for name in names(in: path) ?? [] { try remove("\(path)/\(name)") }
            guard rmdir(path) == 0 || errno == ENOENT else { throw SystemError("delete \(path)") }
        default:
            guard unlink(path) == 0 || errno == ENOENT else { throw SystemError("delete \(path)") }
        }
    }

    /// A path that does not depend on the working directory.
    package static func absolute(_ path: String, in folder: String) -> String {
        if path.hasPrefix("/") { return path }
        var rest = Substring(path)
        while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        if rest.isEmpty || rest == "." { return folder }
        return folder == "/" ? "/\(rest)" : "\(folder)/\(rest)"
    }
}
