/// A file or a symbolic link of a release, by what tells whether it is the same as another.
package struct ComparedFile: Sendable, Hashable {
    /// From the bundle's root.
    package var path: String
    /// In bytes; 0 for a link.
    package var size: Int64
    /// `0644`, `0755`, or `0777` for a link.
    package var mode: String
    /// The target of a link; nil for a file.
    package var target: String?
    /// Of the content, where it is known without reading it.
    package var digest: Digest?
    /// The name of the content in git, where it comes from there: equal names mean equal contents.
    package var blob: String?

    package init(
        path: String,
        size: Int64,
        mode: String,
        target: String? = nil,
        digest: Digest? = nil,
        blob: String? = nil
    ) {
        self.path = path
        self.size = size
        self.mode = mode
        self.target = target
        self.digest = digest
        self.blob = blob
    }
}

/// What became of a file.
package struct FileChange: Codable, Sendable, Hashable {
    package enum Action: String, Codable, Sendable { case added, removed, changed, renamed }

    /// The file on one side.
    package struct Facts: Codable, Sendable, Hashable {
        package var size: Int64
        package var mode: String
        /// Nil for a link.
        package var digest: Digest?
        /// The target of a link.
        package var target: String?
    }

    package var action: Action
    /// On the new side; of a removed file on the old one.
    package var path: String
    /// What a renamed file was called.
    package var oldPath: String?
    /// Nil for an added file.
    package var before: Facts?
    /// Nil for a removed file.
    package var after: Facts?

    package init(action: Action, path: String, oldPath: String? = nil, before: Facts?, after: Facts?) {
        self.action = action
        self.path = path
        self.oldPath = oldPath
        self.before = before
        self.after = after
    }

    /// Whether the content differs, and not only the name or the mode.
    package var changesContent: Bool { before?.digest != after?.digest || before?.target != after?.target }
}
