/// A connection as a `.spc` file gives it.
package struct ConnectionConfig: Sendable {
    package enum Kind: String, Sendable { case plugin, aggregator }

    package var name: String
    package var kind: Kind
    /// The plugin as it is written, such as `turbot/csv@latest`.
    package var plugin: String
    /// Names and patterns of the connections that an aggregator joins.
    package var members: [String]
    /// Whether the connection has a schema.
    package var hasSchema: Bool
    package var attributes: [String: HclAttribute]
    package var file: String
    package var startLine: Int
    package var endLine: Int
    /// What is wrong with it; such a connection is in the state `error`.
    package var problem: String?

    /// The plugin without organisation and version: `csv` for `hub.steampipe.io/plugins/turbot/csv@latest`.
    package static func baseName(ofPlugin plugin: String) -> String {
        let path = plugin.prefix { $0 != "@" }
        let last = path.split(separator: "/").last.map(String.init) ?? String(path)
        let prefix = "steampipe-plugin-"
        return last.hasPrefix(prefix) ? String(last.dropFirst(prefix.count)) : last
    }

    package var pluginName: String { Self.baseName(ofPlugin: plugin) }

    /// Why a name cannot be that of a connection; nil when it can.
    package static func objection(to name: String) -> String? {
        let scalars = name.unicodeScalars
        let isLetter: (Unicode.Scalar) -> Bool = { ("a"..."z").contains($0) || ("A"..."Z").contains($0) || $0 == "_" }
        guard let first = scalars.first, isLetter(first),
            scalars.allSatisfy({ isLetter($0) || ("0"..."9").contains($0) }), scalars.count <= 63
        else {
            return "a connection name has letters, digits and underscores, at most 63, and begins with no digit"
        }
        let lower = name.lowercased()
        if ["public", "information_schema"].contains(lower) || lower.hasPrefix("pg_") || lower.hasPrefix("steampipe_") {
            return "the name is reserved"
        }
        return nil
    }
}

/// A `plugin` block: a plugin under a name of its own.
package struct PluginBlock: Hashable, Sendable {
    package var name: String
    /// The plugin as it is written; the name where nothing is.
    package var source: String
    package var memoryMaxMb: Int?
    package var file: String
    package var startLine: Int
    package var endLine: Int
}

/// All that the files of a configuration folder say.
package struct ConnectionSet: Sendable {
    /// Sorted by name.
    package var connections: [ConnectionConfig] = []
    /// In file order.
    package var plugins: [PluginBlock] = []
    package var searchPath: [String]?
    package var searchPathPrefix: [String] = []
    /// What is wrong and what is ignored, in file order, as lines for the log.
    package var problems: [String] = []
}
