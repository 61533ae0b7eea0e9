import FoundationEssentials

/// A folder of its own for one test, removed with everything in it when the last reference goes.
package final class ScratchDirectory: Sendable {
    package let path: String

    package init(_ purpose: String = "test") throws {
        path = FileManager.default.temporaryDirectory.path + "/sheaf-\(purpose)-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// The path of something in it.
    package func path(_ name: String) -> String { "\(path)/\(name)" }

    deinit {
        // A folder that cannot be removed must not fail a test that has passed.
        try? FileManager.default.removeItem(atPath: path)
    }
}
