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

    package init(
        commit: String? = nil,
        tree: String? = nil,
        tag: String? = nil,
        subdirectory: String = "",
        dirty: Bool
    ) {
        self.commit = commit
        self.tree = tree
        self.tag = tag
        self.subdirectory = subdirectory
        self.dirty = dirty
    }
}
