import SheafModel

extension SourceTree {
    /// Reads the files in an archive, all of which are proven now.
    ///
    /// - Throws: `ArchiveError`, as opening and verifying the archive gives.
    package static func archive(path: String, limits: ArchiveLimits = .standard) throws -> SourceTree {
        try archive(Archive.open(path, limits: limits))
    }

    /// Reads the files in an archive that is open already, all of which are proven now.
    ///
    /// - Throws: `ArchiveError`, as verifying the archive gives.
    package static func archive(_ archive: Archive) throws -> SourceTree {
        var members: [SourceMember] = []
        try archive.forEachMember { row, position, read in
            try read { _ in }
            guard row.path.utf8.starts(with: ArchiveLayout.files.utf8) else { return }
            let kind: SourceMember.Kind =
                row.target.map { .link(target: $0) } ?? .file(isExecutable: row.mode == ModeText.of(0o755))
            members.append(
                SourceMember(
                    path: try ArchiveLayout.filePath(row.path, limits: archive.limits),
                    kind: kind,
                    size: row.size,
                    origin: .stored(position, row.digest ?? Digest(of: []))
                )
            )
        }
        return try SourceTree(
            members: members,
            contents: StoredContents(archive: archive),
            display: .labelled(archive.path),
            provenance: archive.provenance,
            version: archive.index.version,
            commitTime: archive.index.commitTime,
            limits: archive.limits
        )
    }
}

/// Reads members from an archive, each from the frame that holds it.
private struct StoredContents: MemberContents {
    let archive: Archive

    func read(_ member: SourceMember, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard case .stored(let position, let digest) = member.origin else { return }
        let reader = try ZstdReader(archive.file, limits: archive.limits, from: position.frame)
        var skip = position.offset
        var left = member.size
        var hash = ContentHash()
        while left > 0, var piece = try reader.next()?.bytes {
            let skipped = min(skip, Int64(piece.count))
            skip -= skipped
            piece = Array(piece.dropFirst(Int(skipped)).prefix(Int(clamping: left)))
            guard !piece.isEmpty else { continue }
            left -= Int64(piece.count)
            hash.add(piece)
            try piece.withUnsafeBytes(body)
        }
        // It was proven when the archive was opened, so the file was written to since.
        guard left == 0, hash.digest == digest else { throw DirectoryAnchor.changed(archive.path) }
    }
}
