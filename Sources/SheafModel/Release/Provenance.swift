/// What the source of a bundle determines: which commit, or that there was none.
package struct Provenance: Codable, Hashable, Sendable {
    /// The full id of the commit; nil without a git repository or without a commit.
    package var commit: String?
    /// The id of the commit's tree for the bundle's directory.
    package var tree: String?
    /// The nearest tag, as written.
    package var tag: String?
    /// The bundle's directory below the repository's root; empty for the root.
    package var subdirectory: String
    /// Whether the files are those of a working tree that differs from the commit, or of no commit at all.
    package var dirty: Bool
    /// The submodules whose files are among the bundle's, by path.
    package var submodules: [Submodule]

    /// A submodule of which a bundle has the files.
    package struct Submodule: Codable, Hashable, Sendable {
        /// From the bundle's directory.
        package var path: String
        /// The full id of the commit that the files are of.
        package var commit: String

        package init(path: String, commit: String) {
            self.path = path
            self.commit = commit
        }
    }

    package init(
        commit: String? = nil,
        tree: String? = nil,
        tag: String? = nil,
        subdirectory: String = "",
        dirty: Bool,
        submodules: [Submodule] = []
    ) {
        self.commit = commit
        self.tree = tree
        self.tag = tag
        self.subdirectory = subdirectory
        self.dirty = dirty
        self.submodules = submodules
    }

    private enum CodingKeys: String, CodingKey { case commit, tree, tag, subdirectory, dirty, submodules }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        commit = try container.decodeIfPresent(String.self, forKey: .commit)
        tree = try container.decodeIfPresent(String.self, forKey: .tree)
        tag = try container.decodeIfPresent(String.self, forKey: .tag)
        subdirectory = try container.decode(String.self, forKey: .subdirectory)
        dirty = try container.decode(Bool.self, forKey: .dirty)
        submodules = try container.decodeIfPresent([Submodule].self, forKey: .submodules) ?? []
    }

    /// Writes no key for what there is none of, as before there were submodules.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(commit, forKey: .commit)
        try container.encodeIfPresent(tree, forKey: .tree)
        try container.encodeIfPresent(tag, forKey: .tag)
        try container.encode(subdirectory, forKey: .subdirectory)
        try container.encode(dirty, forKey: .dirty)
        if !submodules.isEmpty { try container.encode(submodules, forKey: .submodules) }
    }
}
