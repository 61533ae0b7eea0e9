/// What a set of paths must keep so that it unpacks to the same files everywhere.
enum MemberRules {
    /// Checks paths that are in byte order.
    ///
    /// - Throws: `ArchiveError` of kind `nameCollision`, `duplicateMember` or `tooLarge`.
    static func check(_ paths: some Collection<MemberPath>, limits: ArchiveLimits) throws {
        guard paths.count <= limits.members else {
            throw ArchiveError(
                .tooLarge,
                "\(paths.count) files are more than the \(limits.members) that an archive may hold",
                hint: "name what is not needed in .sheafignore"
            )
        }
        let files = Set(paths)
        guard files.count == paths.count else {
            throw ArchiveError(.duplicateMember, "a path is listed twice")
        }
        var spellings: [[UInt8]: MemberPath] = [:]
        for path in paths {
            try claim(path, in: &spellings)
            var folder = path.folder
            while let bytes = folder {
                let above = try MemberPath(String(Substring(bytes)), limits: limits)
                guard !files.contains(above) else {
                    throw ArchiveError(
                        .nameCollision,
                        "\(EscapedText.of(above.text)) is a file and also a folder"
                    )
                }
                if try !claim(above, in: &spellings) { break }
                folder = above.folder
            }
        }
    }

    /// Notes how a name is spelt.
    ///
    /// - Returns: False when it was noted before.
    @discardableResult
    private static func claim(_ path: MemberPath, in spellings: inout [[UInt8]: MemberPath]) throws -> Bool {
        let folded = Array(path.text.lowercased().utf8)
        guard let other = spellings.updateValue(path, forKey: folded) else { return true }
        guard other == path else {
            throw ArchiveError(
                .nameCollision,
                "\(EscapedText.of(other.text)) and \(EscapedText.of(path.text)) differ only in case",
                hint: "rename one: on some file systems they are the same file"
            )
        }
        return false
    }
}
