/// How much an archive may ask for before it is refused.
package struct ArchiveLimits: Sendable, Hashable {
    /// Files and links.
    package var members = 200_000
    /// The folders that they lie in.
    package var folders = 200_000
    /// All content together, in bytes.
    package var totalBytes: Int64 = 64 << 30
    /// Content for each byte of the archive, once there is more content than `ratioFreeBytes`.
    package var ratio: Int64 = 2_000
    /// Content up to which the ratio does not matter: a few zeros compress very well.
    package var ratioFreeBytes: Int64 = 256 << 20
    /// Each of `sheaf.json`, `resolved.json`, `provenance.json` and `sbom.cdx.json`, which are read into memory.
    package var metadataBytes: Int64 = 64 << 20
    /// The keys and values in one of them.
    package var metadataValues = 8_000_000
    /// How deep lists and mappings in one of them lie in each other.
    package var metadataDepth = 256
    /// The length of one path.
    package var pathBytes = 1_024
    /// The parts of one path.
    package var pathDepth = 64
    /// The length of a link's target.
    package var linkBytes = 1_024

    /// Whether somebody opens an archive, and can raise a limit; a packer keeps to what everybody can open.
    var isRaisable = false

    /// The limits that both the packer and the reader keep.
    package static let standard = ArchiveLimits()

    package init() {}

    /// The limits by the names that they have in the configuration.
    package enum Name: String, CaseIterable, Sendable {
        case members, folders, totalBytes, ratio, ratioFreeBytes, metadataBytes, metadataValues, metadataDepth
        case pathBytes, pathDepth, linkBytes

        /// Whether the limit counts bytes, so that people write `10GiB`.
        package var isSize: Bool {
            switch self {
            case .totalBytes, .ratioFreeBytes, .metadataBytes, .pathBytes, .linkBytes: true
            case .members, .folders, .ratio, .metadataValues, .metadataDepth, .pathDepth: false
            }
        }

        /// What the limit may be set to: what Sheaf itself can still work with.
        package var range: ClosedRange<Int64> {
            switch self {
            case .members, .folders: 1...50_000_000
            case .totalBytes: 1...(1 << 60)
            case .ratio: 1...1_000_000_000
            case .ratioFreeBytes: 0...(1 << 60)
            case .metadataBytes: 1...(4 << 30)
            case .metadataValues: 1...1_000_000_000
            // What the decoder of JSON can read.
            case .metadataDepth: 1...500
            case .pathBytes, .linkBytes: 1...65_536
            // A folder on the way is held open.
            case .pathDepth: 1...512
            }
        }
    }

    /// A limit by its name.
    ///
    /// Values outside of the name's range are not for use.
    package subscript(name: Name) -> Int64 {
        get {
            switch name {
            case .members: Int64(members)
            case .folders: Int64(folders)
            case .totalBytes: totalBytes
            case .ratio: ratio
            case .ratioFreeBytes: ratioFreeBytes
            case .metadataBytes: metadataBytes
            case .metadataValues: Int64(metadataValues)
            case .metadataDepth: Int64(metadataDepth)
            case .pathBytes: Int64(pathBytes)
            case .pathDepth: Int64(pathDepth)
            case .linkBytes: Int64(linkBytes)
            }
        }
        set {
            switch name {
            case .members: members = Int(clamping: newValue)
            case .folders: folders = Int(clamping: newValue)
            case .totalBytes: totalBytes = newValue
            case .ratio: ratio = newValue
            case .ratioFreeBytes: ratioFreeBytes = newValue
            case .metadataBytes: metadataBytes = newValue
            case .metadataValues: metadataValues = Int(clamping: newValue)
            case .metadataDepth: metadataDepth = Int(clamping: newValue)
            case .pathBytes: pathBytes = Int(clamping: newValue)
            case .pathDepth: pathDepth = Int(clamping: newValue)
            case .linkBytes: linkBytes = Int(clamping: newValue)
            }
        }
    }
}

extension ArchiveLimits {
    /// Says that something is beyond a limit.
    ///
    /// - Parameters:
    ///   - name: The limit.
    ///   - subject: What is too large, such as `the path a/b`.
    ///   - found: How much was found: exactly, or what had been seen when the limit was passed.
    /// - Returns: An error that names the limit, what was found, and the setting to raise.
    func exceeded(_ name: Name, by subject: String, found: Int64) -> ArchiveError {
        let (kind, unit): (ArchiveError.Kind, String) =
            switch name {
            case .members: (.tooManyMembers, "files and links")
            case .folders: (.tooManyFolders, "folders")
            case .totalBytes: (.tooLarge, "bytes of content")
            case .ratio, .ratioFreeBytes: (.ratioTooHigh, "times the size of the file")
            case .metadataBytes: (.metadataTooLarge, "bytes")
            case .metadataValues: (.metadataTooComplex, "keys and values")
            case .metadataDepth: (.metadataTooDeep, "lists and mappings in each other")
            case .pathBytes: (.pathTooLong, "bytes")
            case .pathDepth: (.pathTooDeep, "parts")
            case .linkBytes: (.linkTooLong, "bytes")
            }
        let hint =
            isRaisable
            ? "if you trust where it comes from, set archiveLimits.\(name.rawValue) in $SHEAF_HOME/config.yaml to more"
            : "name what is not needed in .sheafignore"
        return ArchiveError(
            kind,
            "\(subject) has \(found) \(unit), and the limit \(name.rawValue) is \(self[name])",
            hint: hint
        )
    }
}
