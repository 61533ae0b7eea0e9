package import SheafModel

/// The files of one side of a comparison.
package protocol ComparedContents: Sendable {
    /// All files and links, in byte order of path; nothing is read for it.
    var comparedFiles: [ComparedFile] { get throws }

    /// The digest of a file whose digest is not known.
    ///
    /// - Throws: `ArchiveError` when the file cannot be read.
    func digest(of file: ComparedFile) throws -> Digest

    /// The contents of some files.
    ///
    /// - Parameter paths: Of files, not of links.
    /// - Returns: By path, all of them.
    /// - Throws: `ArchiveError` when a file cannot be read.
    func contents(of paths: Set<MemberPath>) throws -> [MemberPath: [UInt8]]
}

/// The files of nothing, for a release that is a delete.
package struct NoContents: ComparedContents {
    package init() {}

    package var comparedFiles: [ComparedFile] { [] }
    package func digest(of file: ComparedFile) throws -> Digest { Digest(of: [UInt8]()) }
    package func contents(of paths: Set<MemberPath>) throws -> [MemberPath: [UInt8]] { [:] }
}

extension Archive: ComparedContents {
    /// Thrown to stop a walk when all that is wanted was found; never seen outside.
    private struct Enough: Error {}

    package var comparedFiles: [ComparedFile] {
        index.members.compactMap { row in
            guard row.path.utf8.starts(with: ArchiveLayout.files.utf8) else { return nil }
            return ComparedFile(
                path: String(Substring(row.path.utf8.dropFirst(ArchiveLayout.files.utf8.count))),
                size: row.size,
                mode: row.mode,
                target: row.target,
                digest: row.digest
            )
        }
    }

    /// Whether the archive holds a bill of materials, which was proven to be about it.
    package var hasBillOfMaterials: Bool { index.members.contains { $0.path == ArchiveLayout.bom } }

    /// - Throws: `ArchiveError` of kind `unreadable`: the table has all digests, so nothing else asks.
    package func digest(of file: ComparedFile) throws -> SheafModel.Digest {
        let path = try MemberPath(file.path, limits: limits)
        return Digest(of: try contents(of: [path])[path] ?? [])
    }

    /// One pass over the archive, up to the last file that is wanted; what comes by is proven.
    package func contents(of paths: Set<MemberPath>) throws -> [MemberPath: [UInt8]] {
        guard !paths.isEmpty else { return [:] }
        var found: [MemberPath: [UInt8]] = [:]
        do {
            try forEachMember { row, _, read in
                guard row.path.utf8.starts(with: ArchiveLayout.files.utf8) else { return try read { _ in } }
                let path = try ArchiveLayout.filePath(row.path, limits: limits)
                guard paths.contains(path) else { return try read { _ in } }
                var bytes: [UInt8] = []
                try read { bytes += $0 }
                found[path] = bytes
                if found.count == paths.count { throw Enough() }
            }
        } catch is Enough {}
        return found
    }
}

extension SourceTree: ComparedContents {
    package var comparedFiles: [ComparedFile] {
        members.map { member in
            var file = ComparedFile(
                path: member.path.text,
                size: member.size,
                mode: ModeText.of(member.mode),
                target: member.linkTarget
            )
            switch member.origin {
            case .object(let id, let known):
                file.blob = member.linkTarget == nil ? id.hex : nil
                file.digest = known
            case .stored(_, let digest): file.digest = member.linkTarget == nil ? digest : nil
            case .large(let digest, _): file.digest = digest
            case .disk: break
            }
            return file
        }
    }

    package func digest(of file: ComparedFile) throws -> SheafModel.Digest {
        var hash = ContentHash()
        if let member = member(try MemberPath(file.path)) {
            try readContent(of: member) { piece in hash.add(piece) }
        }
        return hash.digest
    }

    package func contents(of paths: Set<MemberPath>) throws -> [MemberPath: [UInt8]] {
        var found: [MemberPath: [UInt8]] = [:]
        for path in paths {
            if let member = member(path) { found[path] = try content(of: member) }
        }
        return found
    }
}
