import SheafManifest
import SheafModel
import Testing

/// Makes small bundles and resolves them.
enum Bundles {
    static func bundle(_ items: String..., name: String = "shop") -> String {
        "name: \(name)\nversion: v1beta\ntype: bundle\nbundle:\n  resources:\n" + items.joined()
    }

    /// An item with an inline manifest: seven lines, or eight with more keys.
    static func item(_ id: String, _ kind: String, _ more: String = "", name: String? = nil) -> String {
        """
          - id: \(id)
            workspace: public\(more.isEmpty ? "" : "\n    " + more)
            spec:
              name: \(name ?? id)
              version: v1
              type: \(kind)
              \(kind): {stack: container, compute: c}

        """
    }

    static func service(_ name: String) -> String {
        "name: \(name)\nversion: v1\ntype: service\nservice:\n  stack: container\n  compute: c\n"
    }

    static func id(_ text: String) throws -> ResourceID { try #require(ResourceID(text)) }

    /// The errors and warnings as `severity code file:line`.
    static func findings(_ files: [String: String]) throws -> [String] {
        let diagnostics = try BundleResolver(files: MemoryFiles(files: files)).resolve().diagnostics
        return diagnostics.filter { $0.severity != .note }.map {
            "\($0.severity.rawValue) \($0.code) \($0.span?.file ?? ""):\($0.span?.line ?? 0)"
        }
    }

    static func resolved(_ files: [String: String]) throws -> ResolvedBundle {
        let resolution = try BundleResolver(files: MemoryFiles(files: files)).resolve()
        let errors = resolution.diagnostics.filter { $0.severity == .error }.map(\.message)
        return try #require(resolution.bundle, "\(errors)")
    }
}
