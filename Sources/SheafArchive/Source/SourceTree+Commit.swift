import SheafModel

extension SourceTree {
    /// Reads a commit from git's object database: no checkout, no filters, no hooks.
    ///
    /// - Parameters:
    ///   - directory: A git repository's working tree or a directory in it, or a bare repository; the last parts need
    ///     not be there, as in `shop.git/bundles/shop` or for what was removed since.
    ///   - revision: Anything that `git rev-parse` knows; nil means `HEAD`.
    ///   - options: What is taken of submodules and of git LFS.
    ///   - cache: What earlier packs made: it knows blobs, which then need not be read.
    /// - Throws: `ArchiveError` of kind `noDirectory`, `noRepository`, `noCommit`, `unknownRevision`,
    ///   `ambiguousRevision`, `notInCommit`, `foreignRepository`, `unsupportedRepository`, `damagedRepository`,
    ///   `missingObject`, `submodule`, `submoduleMissing`, and what the names and links of the files give.
    /// - Returns: The committed files below the directory, less the excluded ones.
    package static func commit(
        directory: String,
        revision: String?,
        options: SourceChoices = SourceChoices(),
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
        let listing = try CommitListing(tree: tree, in: commit, at: location, of: repository, options: options)
        let (provenance, version) =
            try location.origin(of: commit, in: repository, dirty: false, submodules: listing.submodules)
        let label = directory + "@" + (revision ?? "HEAD")
        let found = try CommitMembers(of: listing, cache?.facts() ?? BlobFacts(), options: options)
        return try SourceTree(
            members: found.members,
            contents: GitContents(parts: listing.parts),
            display: .labelled(label),
            provenance: provenance,
            version: version,
            commitTime: commit.time,
            largeFiles: found.largeFiles
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

/// Reads members from the object databases of the bundle's repository and of its submodules.
private struct GitContents: MemberContents {
    let parts: [CommitListing.Part]

    func read(_ member: SourceMember, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        switch member.origin {
        case .object(let id, _): try objects(of: member.path)?.readBlob(id, size: member.size, body)
        case .large(let digest, let file): try LargeFileStore.read(member, digest, file: file, body)
        case .disk, .stored: break
        }
    }

    /// The database that has a member: that of the innermost submodule around it.
    private func objects(of path: MemberPath) -> GitObjects? {
        guard parts.count > 1 else { return parts.first?.repository.objects }
        return parts.filter { path.text.utf8.starts(with: $0.prefix) }.max { $0.prefix.count < $1.prefix.count }?
            .repository.objects
    }
}
