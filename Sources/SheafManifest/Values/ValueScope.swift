internal import SheafModel

/// Everything that expressions can name.
struct ValueScope {
    /// A mapping with `values`, `bundle` and `git`.
    var root: ManifestNode
    /// The files and settings that values came from, lowest first, as they are shown.
    var sources: [String]
    /// The environments that the bundle has, where none was chosen.
    var unchosenEnvironments: [String] = []
    /// Whether a file of values could not be read, so that nothing can be said about what is missing.
    var isIncomplete = false
    /// What `$NAME` and `${NAME}` stand for; nil leaves them alone.
    var variables: [String: String]?
    var secrets: any SecretSource = SecretSources([])
    /// Whether every secret must be there.
    var needsSecrets = true
    var settings: [ValueSetting] = []

    /// Where values were looked for, or how to give some.
    var sourcesInWords: String {
        sources.isEmpty
            ? "there are no values: write values.yaml beside the bundle, or give some with --values or --set"
            : "looked in \(sources.joined(separator: ", "))"
    }

    /// The paths of all values below a root, without the root.
    func paths(below root: Expression.Root, limit: Int = 2_000) -> [String] {
        var paths: [String] = []
        func collect(_ node: ManifestNode, _ path: [ValueStep]) {
            guard paths.count < limit, path.count < 12 else { return }
            if !path.isEmpty { paths.append(path.text) }
            for entry in node.entries ?? [] { collect(entry.value, path + [.key(entry.key)]) }
        }
        if let node = self.root[root.rawValue] { collect(node, []) }
        return paths
    }
}
