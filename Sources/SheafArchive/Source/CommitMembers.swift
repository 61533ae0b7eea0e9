import SheafModel

/// Turns what a commit lists into members, with their sizes.
struct CommitMembers {
    private(set) var members: [SourceMember] = []
    private(set) var largeFiles = LargeFiles()

    /// Finds out the sizes, the targets of links, and what stands for a file of git LFS.
    ///
    /// - Parameters:
    ///   - listing: Of the commit.
    ///   - facts: What is known of blobs, which then need not be there.
    ///   - options: What is taken of git LFS.
    /// - Throws: `ArchiveError` of kind `missingObject`, `damagedRepository`, `linkTooLong` or `invalidName`.
    init(of listing: CommitListing, _ facts: BlobFacts, options: SourceChoices) throws {
        var filter = listing.filter
        for part in listing.parts { try add(part, facts, &filter, options) }
    }

    private mutating func add(
        _ part: CommitListing.Part,
        _ facts: BlobFacts,
        _ filter: inout ExclusionFilter,
        _ options: SourceChoices
    ) throws {
        let objects = part.repository.objects
        let store = LargeFileStore(gitDirectory: part.repository.commonDirectory)
        let files = part.entries.filter { $0.kind != .link }
        try Self.checkLinks(of: part)
        var found = try Self.facts(of: files, in: part, facts).makeIterator()
        members.reserveCapacity(members.count + part.entries.count)
        for entry in part.entries {
            let path = try MemberPath(entry.path)
            guard entry.kind != .link else {
                let target = try SymbolicLink.target(try objects.content(entry.id), of: path)
                members.append(
                    SourceMember(
                        path: path,
                        kind: .link(target: target),
                        size: 0,
                        origin: .object(entry.id, known: nil)
                    )
                )
                continue
            }
            guard let (size, known) = found.next() else { continue }
            let kind = SourceMember.Kind.file(isExecutable: entry.kind == .executable)
            if LargeFilePointer.mayBe(size: size, isLarge: filter.isLarge(entry.path)),
                let pointer = LargeFilePointer(try objects.content(entry.id)),
                let member = largeFiles.member(path, kind, pointer: pointer, in: store, options: options)
            {
                members.append(member)
            } else {
                members.append(
                    SourceMember(path: path, kind: kind, size: size, origin: .object(entry.id, known: known))
                )
            }
        }
    }

    /// Refuses links that no archive can have before their targets are read.
    private static func checkLinks(of part: CommitListing.Part, limits: ArchiveLimits = .standard) throws {
        let links = part.entries.filter { $0.kind == .link }
        for (link, size) in zip(links, try part.repository.objects.sizes(of: links.map(\.id))) {
            // One that is not there is told of when it is read.
            guard let size, size > Int64(limits.linkBytes) else { continue }
            let shown = EscapedText.of(link.path)
            throw limits.exceeded(.linkBytes, by: "the target of the link \(shown)", found: size)
        }
    }

    /// The sizes of files, and the digests of those that are known.
    private static func facts(
        of files: [GitTreeEntry],
        in part: CommitListing.Part,
        _ facts: BlobFacts
    ) throws -> [(size: Int64, digest: Digest?)] {
        let known = try facts.find(files.map(\.id))
        let unknown = zip(files, known).filter { $1 == nil }.map(\.0)
        let sizes = try part.repository.objects.sizes(of: unknown.map(\.id))
        let absent = zip(unknown, sizes).filter { $1 == nil }.map(\.0.path)
        if let first = absent.first {
            let more = absent.count == 1 ? "" : " and \(absent.count - 1) more files"
            throw GitRepository.missing(
                part.repository.workingDirectory ?? part.repository.path,
                "\(EscapedText.of(first))\(more) of the commit \(part.commit.id.short)",
                isPartial: part.repository.isPartial,
                for: part.commit.id.short
            )
        }
        var next = sizes.compactMap(\.self).makeIterator()
        return known.map { fact in fact.map { ($0.size, $0.digest) } ?? (next.next() ?? 0, nil) }
    }
}
