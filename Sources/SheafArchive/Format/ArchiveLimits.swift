/// How much an archive may ask for before it is refused.
package struct ArchiveLimits: Sendable, Hashable {
    /// Files and links.
    package var members: Int
    /// All content together, in bytes.
    package var totalBytes: Int64
    /// Content for each byte of the archive, once there is more content than `ratioFreeBytes`.
    package var ratio: Int64
    /// Content up to which the ratio does not matter: a few zeros compress very well.
    package var ratioFreeBytes: Int64
    /// Each of `sheaf.json`, `resolved.json`, `provenance.json` and `sbom.cdx.json`, which are read into memory.
    package var metadataBytes: Int64
    /// The length of one path.
    package var pathBytes: Int
    /// The parts of one path.
    package var pathDepth: Int

    /// The limits that both the packer and the reader keep.
    package static let standard = ArchiveLimits(
        members: 200_000,
        totalBytes: 64 << 30,
        ratio: 2_000,
        ratioFreeBytes: 256 << 20,
        metadataBytes: 64 << 20,
        pathBytes: 1_024,
        pathDepth: 64
    )

    package init(
        members: Int,
        totalBytes: Int64,
        ratio: Int64,
        ratioFreeBytes: Int64,
        metadataBytes: Int64,
        pathBytes: Int,
        pathDepth: Int
    ) {
        self.members = members
        self.totalBytes = totalBytes
        self.ratio = ratio
        self.ratioFreeBytes = ratioFreeBytes
        self.metadataBytes = metadataBytes
        self.pathBytes = pathBytes
        self.pathDepth = pathDepth
    }
}
