import FoundationEssentials
import Glibc

/// A folder of its own for a test, removed with the value.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/sheaf-archive-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        // A leftover below the temporary folder harms nobody.
        try? FileManager.default.removeItem(atPath: path)
    }

    func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and the folders above it.
    func write(_ name: String, _ text: String, isExecutable: Bool = false) throws {
        try write(name, Array(text.utf8))
        if isExecutable { chmod(path(name), 0o755) }
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = path(name)
        let folder = file.split(separator: "/").dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(atPath: "/\(folder)", withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: file))
    }

    func link(_ name: String, to target: String) { symlink(target, path(name)) }

    func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path(name)))) }

    /// The raw names in a folder.
    func names(_ name: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
    }
}
