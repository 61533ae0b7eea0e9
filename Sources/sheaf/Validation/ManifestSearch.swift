import CLinux
import Glibc
import SheafSystem

/// Finds the manifests below a directory.
enum ManifestSearch {
    /// All `*.yaml` and `*.yml` files, in the order of their paths.
    ///
    /// Directories whose name begins with a dot, such as `.git`, are left out, and links to directories are not followed.
    /// - Parameter directory: As the user named it; the paths begin with it.
    /// - Returns: Paths that can be opened.
    /// - Throws: `SystemError` when a directory cannot be read.
    static func files(below directory: String) throws(SystemError) -> [String] {
        var found: [String] = []
        var open = [directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory]
        while let folder = open.popLast() {
            try list(folder) { name, type in
                let path = folder == "." ? name : folder == "/" ? "/\(name)" : "\(folder)/\(name)"
                switch type {
                case .folder: if !name.hasPrefix(".") { open.append(path) }
                case .file: if isManifest(name) { found.append(path) }
                case .other: if isManifest(name), kind(of: path) == .file { found.append(path) }
                }
            }
        }
        return found.sorted()
    }

    private enum Kind {
        case file, folder, other
    }

    private static func isManifest(_ name: String) -> Bool { name.hasSuffix(".yaml") || name.hasSuffix(".yml") }

    private static func list(_ folder: String, _ visit: (String, Kind) -> Void) throws(SystemError) {
        guard let stream = opendir(folder) else { throw SystemError("read \(folder)") }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            switch Int(entry.pointee.d_type) {
            case DT_REG: visit(name, .file)
            case DT_DIR: visit(name, .folder)
            // Some file systems do not tell.
            case DT_UNKNOWN: visit(name, kind(of: "\(folder)/\(name)", followsLinks: false))
            default: visit(name, .other)
            }
        }
        guard errno == 0 else { throw SystemError("read \(folder)") }
    }

    private static func kind(of path: String, followsLinks: Bool = true) -> Kind {
        var status = stat()
        guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return .other }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        default: return .other
        }
    }
}
