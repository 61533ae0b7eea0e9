import CLinux
import FoundationEssentials
import Glibc
import SheafModel
import SheafSystem

/// All that is below a folder, with modes and digests; links are not followed.
struct FileFacts {
    let root: String
    /// What stands before the path of each entry.
    let name: String
    /// A path that is replaced in the content of files, since it differs from one incarnation to the next.
    var replacing: String?
    /// A path whose entry is left out, with all below it.
    var skipping: String?

    /// Calls a body with the name and the facts of everything below the root; with nothing when there is no root.
    ///
    /// - Throws: `ExecutorError` for what cannot be read.
    func forEach(_ body: (String, String) throws -> Void) throws {
        for (path, information) in try entries() {
            try body("\(name)/\(path)", try facts(of: "\(root)/\(path)", information))
        }
    }

    /// The paths of the folders that lie so deep below the root.
    ///
    /// - Throws: `ExecutorError` for what cannot be read.
    func folders(atDepth depth: Int) throws -> [String] {
        try entries(upTo: depth).filter { entry in
            entry.information.st_mode & S_IFMT == S_IFDIR && entry.path.split(separator: "/").count == depth
        }.map(\.path)
    }

    private func facts(of path: String, _ information: stat) throws -> String {
        let mode = String(information.st_mode, radix: 8)
        switch information.st_mode & S_IFMT {
        case S_IFREG: return "\(mode) \(try digest(of: path))"
        case S_IFLNK: return "\(mode) \(target(of: path))"
        default: return mode
        }
    }

    private func digest(of path: String) throws -> String {
        do throws(SystemError) {
            guard let bytes = try WholeFile.read(path, limit: Int.max) else { return "" }
            guard let replacing, let text = String(validating: bytes, as: UTF8.self) else {
                return Digest(of: bytes).hex
            }
            return Digest(of: Array(text.replacing(replacing, with: "FOLDER").utf8)).hex
        } catch {
            throw Self.unreadable(path, error.reason)
        }
    }

    private func target(of path: String) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(count, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private func entries(upTo depth: Int = Int.max) throws -> [(path: String, information: stat)] {
        var found: [(path: String, information: stat)] = []
        var folders = [""]
        while let folder = folders.popLast() {
            let path = folder.isEmpty ? root : "\(root)/\(folder)"
            guard let names = FileTree.names(in: path) else {
                // Something that is gone, or was never there, is nothing.
                if errno == ENOENT { continue }
                throw Self.unreadable(path, String(cString: strerror(errno)))
            }
            for name in names {
                let entry = folder.isEmpty ? name : "\(folder)/\(name)"
                var information = stat()
                guard "\(root)/\(entry)" != skipping, lstat("\(root)/\(entry)", &information) == 0 else { continue }
                found.append((entry, information))
                let isFolder = information.st_mode & S_IFMT == S_IFDIR
                if isFolder, entry.split(separator: "/").count < depth { folders.append(entry) }
            }
        }
        return found
    }

    private static func unreadable(_ path: String, _ reason: String) -> ExecutorError {
        ExecutorError(.fileFailure, "cannot look at \(path): \(reason)")
    }
}
