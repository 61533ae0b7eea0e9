import SheafModel

/// One file or symbolic link of a bundle's source; its content is read when it is asked for.
package struct SourceMember: Sendable {
    /// What a member is.
    ///
    /// Folders are none: they exist by what is in them.
    package enum Kind: Hashable, Sendable {
        /// A regular file, mode 0755 when executable and 0644 otherwise.
        case file(isExecutable: Bool)
        /// A symbolic link whose target stays inside the bundle.
        case link(target: String)
    }

    /// From the bundle's root.
    package let path: MemberPath
    package let kind: Kind
    /// In bytes; 0 for a link.
    package let size: Int64
    /// Where the content is, for the source that made the member.
    let origin: Origin

    enum Origin: Sendable {
        /// With the SHA-256 of the content, where an earlier pack kept it.
        case object(GitObjectID, known: Digest?)
        case disk
        /// What git LFS has, with its SHA-256; the file is nil where this clone has none.
        case large(Digest, file: String?)
        case stored(ArchivePosition, Digest)
    }

    /// The permission bits: 0644, 0755, or 0777 for a link.
    package var mode: UInt16 {
        switch kind {
        case .file(let isExecutable): isExecutable ? 0o755 : 0o644
        case .link: 0o777
        }
    }

    /// The target of a link; nil for a file.
    package var linkTarget: String? {
        guard case .link(let target) = kind else { return nil }
        return target
    }
}
