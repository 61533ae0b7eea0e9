import SheafModel

/// Holds what a bundle says about its attachments against the files of an archive.
struct AttachmentCheck {
    private var digests: [MemberPath: Digest] = [:]
    private let links: LinkResolver

    /// Takes the rows below `files/`.
    init(_ rows: [ArchiveIndex.Row]) throws {
        var targets: [MemberPath: String] = [:]
        for row in rows where row.path.utf8.starts(with: ArchiveLayout.files.utf8) {
            let path = try MemberPath(String(row.path.dropFirst(ArchiveLayout.files.count)))
            digests[path] = row.digest
            targets[path] = row.target
        }
        links = LinkResolver(links: targets)
    }

    /// Whether the file is there with that digest, links followed.
    func holds(_ attachment: Attachment) throws -> Bool {
        let real = try links.resolve(try MemberPath(attachment.path)).joined(separator: "/")
        return real.isEmpty ? false : digests[try MemberPath(real)] == attachment.digest
    }
}
