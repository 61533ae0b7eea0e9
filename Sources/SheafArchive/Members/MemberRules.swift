/// What a set of paths must keep so that it unpacks to the same files everywhere.
enum MemberRules {
    /// Checks paths that are in byte order.
    ///
    /// - Throws: `ArchiveError` of kind `nameCollision`, `fileIsFolder`, `duplicateMember`, `tooManyMembers` or
    ///   `tooManyFolders`.
    static func check(_ paths: some Collection<MemberPath>, limits: ArchiveLimits) throws {
        guard paths.count <= limits.members else {
            throw limits.exceeded(.members, by: "the bundle", found: Int64(paths.count))
        }
        guard zip(paths, paths.dropFirst()).allSatisfy({ $0 != $1 }) else {
            throw ArchiveError(.duplicateMember, "a path is listed twice")
        }
        let folders = try folders(of: paths, limits: limits)
        if let both = paths.first(where: folders.contains) {
            throw ArchiveError(.fileIsFolder, "\(EscapedText.of(both.text)) is a file and also a folder")
        }
        try checkSpellings(Array(folders).sorted() + Array(paths))
    }

    private static func folders(
        of paths: some Collection<MemberPath>,
        limits: ArchiveLimits
    ) throws -> Set<MemberPath> {
        var folders: Set<MemberPath> = []
        var last: Substring.UTF8View?
        for path in paths {
            var folder = path.folder
            // Files of the same folder mostly follow each other.
            if let folder, let last, folder.elementsEqual(last) { continue }
            last = folder
            while let bytes = folder {
                let above = try MemberPath(String(Substring(bytes)), limits: limits)
                guard folders.insert(above).inserted else { break }
                guard folders.count <= limits.folders else {
                    throw limits.exceeded(.folders, by: "the bundle", found: Int64(folders.count))
                }
                folder = above.folder
            }
        }
        return folders
    }

    /// Proves that no two names differ only in case.
    private static func checkSpellings(_ paths: [MemberPath]) throws {
        // Names whose hashes differ are different, which spares keeping a second form of every name.
        var hashes: Set<Int> = []
        hashes.reserveCapacity(paths.count)
        var areDifferent = true
        for path in paths where areDifferent {
            var hasher = Hasher()
            hasher.combine(folded(path.text))
            areDifferent = hashes.insert(hasher.finalize()).inserted
        }
        guard !areDifferent else { return }
        var spellings: [[UInt8]: MemberPath] = [:]
        for path in paths {
            guard let other = spellings.updateValue(path, forKey: folded(path.text)), other != path else { continue }
            throw ArchiveError(
                .nameCollision,
                "\(EscapedText.of(other.text)) and \(EscapedText.of(path.text)) differ only in case",
                hint: "rename one: on some file systems they are the same file"
            )
        }
    }

    /// A form that is the same for names that differ only in case.
    private static func folded(_ text: String) -> [UInt8] {
        var text = text
        let plain: [UInt8]? = text.withUTF8 { bytes in
            guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
            return bytes.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
        }
        return plain ?? Array(text.lowercased().utf8)
    }
}
