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
    /// The path below `files/` of the manifest that the bundle was resolved from; nil for `bundle.yaml`.
    package var manifest: String?
    /// A version by semver.org.
    package var version: String
    /// When the source was committed, in seconds since 1970.
    package var commitTime: Int64
    /// Of `resolved.json`.
    package var resolved: Digest
    /// In the order of the archive, without `sheaf.json` itself.
    package var members: [Row]

    /// The manifest where none is named.
    package static let standardManifest = "bundle.yaml"

    /// The path of the manifest among the bundle's files.
    package var manifestPath: String { manifest ?? Self.standardManifest }

    /// The form that this version of Sheaf writes.
    package static let currentFormat = 1

    package init(
        formatVersion: Int,
        name: String,
        manifest: String? = nil,
        version: String,
        commitTime: Int64,
        resolved: Digest,
        members: [Row]
    ) {
        self.formatVersion = formatVersion
        self.name = name
        self.manifest = manifest
        self.version = version
        self.commitTime = commitTime
        self.resolved = resolved
        self.members = members
    }

    /// The digest of the table's rows below `files/`: two archives with the same one hold the same files.
    package var filesDigest: Digest {
        get throws { try Self.filesDigest(members.filter { $0.path.utf8.starts(with: ArchiveLayout.files.utf8) }) }
    }

    static func filesDigest(_ rows: [Row]) throws -> Digest { Digest(of: try RowText.of(rows)) }

    /// The canonical JSON of the index.
    ///
    /// - Parameter rows: The canonical JSON of more rows, which come after those in `members`.
    /// - Throws: `EncodingError`.
    /// - Returns: The same bytes as `CanonicalJSON` gives, in less time.
    package func encoded(adding rows: [UInt8] = Array("[]".utf8)) throws -> [UInt8] {
        var head = self
        head.members = []
        let text = [UInt8](try CanonicalJSON.encode(head))
        // Inside a text the quotes would be escaped, so this is the key.
        let key = Array(#""members":"#.utf8)
        let start = text.indices.first { text[$0...].starts(with: key) }.map { $0 + key.count } ?? text.endIndex
        var bytes = Array(text[..<start])
        bytes += try RowText.of(members).dropLast()
        if !members.isEmpty, rows.count > 2 { bytes.append(UInt8(ascii: ",")) }
        bytes += rows.dropFirst()
        bytes += text[start...].dropFirst(2)
        return bytes
    }
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
