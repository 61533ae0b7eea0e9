import SheafModel

extension SourceTree {
    /// Reads a commit from git's object database: no checkout, no filters, no hooks.
    ///
    /// - Parameters:
    ///   - directory: A git repository's working tree or a directory in it, or a bare repository; the last parts need
    ///     not be there, as in `shop.git/bundles/shop` or for what was removed since.
    ///   - revision: Anything that `git rev-parse` knows; nil means `HEAD`.
    ///   - cache: What earlier packs made: it knows blobs, which then need not be read.
    /// - Throws: `ArchiveError` of kind `noDirectory`, `noRepository`, `noCommit`, `unknownRevision`,
    ///   `ambiguousRevision`, `notInCommit`, `foreignRepository`, `unsupportedRepository`, `damagedRepository`,
    ///   `missingObject`, `submodule`, and what the names and links of the files give.
    /// - Returns: The committed files below the directory, less the excluded ones.
    package static func commit(
        directory: String,
        revision: String?,
        cache: PackCache? = nil
    ) throws -> SourceTree {
        let location = try BundleLocation(directory, mayBeGone: true)
        guard let repository = location.repository else {
            throw ArchiveError(
                .noRepository,
                "\(EscapedText.of(directory)) is in no git repository",
                hint: "run 'git init', 'git add' and 'git commit' there, or pack the files as they are with --worktree"
            )
        }
        guard let commit = try repository.commit(revision) else { throw missing(revision, in: directory) }
        guard let tree = try repository.tree(at: location.subdirectory, in: commit.tree) else {
            guard !location.isGone else { throw BundleLocation.noDirectory(directory) }
            throw ArchiveError(
                .notInCommit,
                "\(EscapedText.of(directory)) is not in the commit \(commit.id.short)",
                hint: "commit it first, or pack the files as they are with --worktree"
            )
        }
        let (provenance, version) = try location.origin(of: commit, in: repository, dirty: false)
        let label = directory + "@" + (revision ?? "HEAD")
        return try SourceTree(
            members: try members(of: tree, in: commit, at: location, of: repository, cache?.facts() ?? BlobFacts()),
            contents: GitContents(objects: repository.objects),
            display: .labelled(label),
            provenance: provenance,
            version: version,
            commitTime: commit.time
        )
    }

    private static func members(
        of tree: GitObjectID,
        in commit: GitCommit,
        at location: BundleLocation,
        of repository: GitRepository,
        _ facts: BlobFacts
    ) throws -> [SourceMember] {
        let entries = try repository.entries(of: tree)
        var filter = ExclusionFilter(bundle: location.parts)
        try filter.addRulesAbove { try repository.file(at: $0, in: commit.tree) }
        for entry in entries where entry.kind == .file || entry.kind == .executable {
            try filter.addRules(of: entry.path) { try repository.objects.content(entry.id) }
        }
        let kept = entries.filter { !filter.excludes($0.path) }
        let files = kept.filter { $0.kind == .file || $0.kind == .executable }
        let known = try facts.find(files.map(\.id))
        let unknown = zip(files, known).filter { $1 == nil }.map(\.0.id)
        let sizesFound = try repository.objects.sizes(of: unknown)
        let absent = zip(zip(files, known).filter { $1 == nil }.map(\.0), sizesFound).filter { $1 == nil }.map(\.0.path)
        if let first = absent.first {
            let what = absent.count == 1 ? "" : " and \(absent.count - 1) more files"
            throw GitRepository.missing(
                repository.workingDirectory ?? repository.path,
                "\(EscapedText.of(first))\(what) of the commit \(commit.id.short)",
                isPartial: repository.isPartial,
                for: commit.id.short
            )
        }
        var sizes = sizesFound.compactMap(\.self).makeIterator()
        var found = known.makeIterator()
        return try kept.map { entry in
            guard entry.kind != .submodule else { throw submodule(entry.path) }
            let path = try MemberPath(entry.path)
            let kind: SourceMember.Kind
            var size: Int64 = 0
            var fact: BlobFacts.Fact?
            if entry.kind == .link {
                kind = .link(target: try SymbolicLink.target(try repository.objects.content(entry.id), of: path))
            } else {
                kind = .file(isExecutable: entry.kind == .executable)
                fact = found.next() ?? nil
                size = fact?.size ?? sizes.next() ?? 0
            }
            return SourceMember(path: path, kind: kind, size: size, origin: .object(entry.id, known: fact?.digest))
        }
    }

    static func submodule(_ path: [UInt8]) -> ArchiveError {
        ArchiveError(
            .submodule,
            "\(EscapedText.of(path)) is a git repository of its own, which an archive cannot hold",
            hint: "copy its files into the bundle, or name it in .sheafignore"
        )
    }

    private static func missing(_ revision: String?, in directory: String) -> ArchiveError {
        guard let revision, revision != "HEAD", revision != "@" else {
            return ArchiveError(
                .noCommit,
                "the git repository of \(EscapedText.of(directory)) has no commit yet",
                hint: "run 'git add' and 'git commit', or pack the files as they are with --worktree"
            )
        }
        return ArchiveError(
            .unknownRevision,
            "the git repository of \(EscapedText.of(directory)) has no commit '\(EscapedText.of(revision))'",
            hint: "'git log --oneline --all' lists them; in a shallow clone, fetch it first"
        )
    }
}

/// Reads members from git's object database.
private struct GitContents: MemberContents {
    let objects: GitObjects

    func read(_ member: SourceMember, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard case .object(let id, _) = member.origin else { return }
        try objects.readBlob(id, size: member.size, body)
    }
}
