import SheafModel

/// Holds what a bundle says about its attachments against the files of an archive.
struct AttachmentCheck {
    private var digests: [MemberPath: Digest] = [:]
    private let links: LinkResolver
    private let limits: ArchiveLimits

    /// Takes the rows below `files/`.
    init(_ rows: [ArchiveIndex.Row], limits: ArchiveLimits = .standard) throws {
        self.limits = limits
        var targets: [MemberPath: String] = [:]
        for row in rows where row.path.utf8.starts(with: ArchiveLayout.files.utf8) {
            let path = try ArchiveLayout.filePath(row.path, limits: limits)
            digests[path] = row.digest
            targets[path] = row.target
        }
        links = LinkResolver(links: targets, limits: limits)
    }

    /// Whether the file is there with that digest, links followed.
    func holds(_ attachment: Attachment) throws -> Bool {
        let real = try links.resolve(try MemberPath(attachment.path, limits: limits)).joined(separator: "/")
        return real.isEmpty ? false : digests[try MemberPath(real, limits: limits)] == attachment.digest
    }
}
