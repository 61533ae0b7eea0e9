package import SheafModel

/// The content of `sheaf.json`: what the archive is, and every other member with its size, mode and digest.
package struct ArchiveIndex: Codable, Sendable, Hashable {
    /// One member of the archive.
    package struct Row: Codable, Sendable, Hashable {
        /// As in the tar: `resolved.json`, `files/bundle.yaml`.
        package var path: String
        /// In bytes; 0 for a link.
        package var size: Int64
        /// `0644`, `0755`, or `0777` for a link.
        package var mode: String
        /// Of the content; nil for a link.
        package var digest: Digest?
        /// The target of a symbolic link; nil for a file.
        package var target: String?

        package init(path: String, size: Int64, mode: String, digest: Digest?, target: String?) {
            self.path = path
            self.size = size
            self.mode = mode
            self.digest = digest
            self.target = target
        }
    }

    /// The version of the archive format; a reader refuses a larger one.
    package var formatVersion: Int
    /// The bundle's name.
    package var name: String
    /// A version by semver.org.
    package var version: String
    /// When the source was committed, in seconds since 1970.
    package var commitTime: Int64
    /// Of `resolved.json`.
    package var resolved: Digest
    /// In the order of the archive, without `sheaf.json` itself.
    package var members: [Row]

    /// The form that this version of Sheaf writes.
    package static let currentFormat = 1

    package init(
        formatVersion: Int,
        name: String,
        version: String,
        commitTime: Int64,
        resolved: Digest,
        members: [Row]
    ) {
        self.formatVersion = formatVersion
        self.name = name
        self.version = version
        self.commitTime = commitTime
        self.resolved = resolved
        self.members = members
    }

    /// The digest of the table's rows below `files/`: two archives with the same one hold the same files.
    package var filesDigest: Digest {
        get throws { try Self.filesDigest(members.filter { $0.path.utf8.starts(with: ArchiveLayout.files.utf8) }) }
    }

    static func filesDigest(_ rows: [Row]) throws -> Digest { Digest(of: try CanonicalJSON.encode(rows)) }
}

/// The names of an archive's members.
enum ArchiveLayout {
    static let index = "sheaf.json"
    static let resolved = "resolved.json"
    static let provenance = "provenance.json"
    static let bom = "sbom.cdx.json"
    /// What the paths of the bundle's files begin with.
    static let files = "files/"
    /// The members that may come before the files, in their order.
    static let metadata = [index, resolved, provenance, bom]
}
