import FoundationEssentials

/// The repository that the tests are in.
enum Repository {
    static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: "\(root)/\(path)")), as: UTF8.self)
    }

    /// Holds a text against a golden file, or writes the file when `SHEAF_UPDATE_GOLDEN` is set.
    static func matchesGolden(_ text: String, _ name: String) throws -> Bool {
        let path = "Tests/Fixtures/manifests/\(name)"
        if ProcessInfo.processInfo.environment["SHEAF_UPDATE_GOLDEN"] != nil {
            try Data(text.utf8).write(to: URL(filePath: "\(root)/\(path)"))
        }
        return try self.text(path) == text
    }
}
