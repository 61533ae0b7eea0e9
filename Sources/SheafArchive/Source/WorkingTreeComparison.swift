import SheafModel
import Synchronization

/// Holds the files of a working tree against a commit.
///
/// What counts are the bytes that would be packed. Git's own status would not do: it looks through the conversions of
/// line ends and the filters that this clone has, and at flags in its index.
struct WorkingTreeComparison {
    let anchor: DirectoryAnchor

    private struct Expected: Sendable {
        let kind: GitTreeEntry.Kind
        let id: GitObjectID
        let objects: GitObjects
    }

    private struct Differs: Error {}

    /// Whether packing the working tree gives other files than packing the commit.
    ///
    /// - Throws: `ArchiveError` when a file or the repository cannot be read.
    /// - Returns: True also when the commit does not have the bundle, or cannot be packed as it is.
    func differs(
        _ listing: WorkingTreeListing,
        from commit: GitCommit,
        at location: BundleLocation,
        of repository: GitRepository,
        options: SourceChoices
    ) throws -> Bool {
        guard let tree = try repository.tree(at: location.subdirectory, in: commit.tree) else { return true }
        let committed: CommitListing
        do {
            committed = try CommitListing(tree: tree, in: commit, at: location, of: repository, options: options)
        } catch let error as ArchiveError
            where [.submodule, .submoduleMissing, .missingObject, .invalidName].contains(error.kind)
        {
            // The working tree can be packed although its commit cannot.
            return true
        }
        guard committed.submodules == listing.submodules else { return true }
        var expected: [[UInt8]: Expected] = [:]
        for part in committed.parts {
            for entry in part.entries {
                expected[entry.path] = Expected(kind: entry.kind, id: entry.id, objects: part.repository.objects)
            }
        }
        let members = listing.members
        guard members.count == expected.count else { return true }
        var pairs: [(SourceMember, Expected)] = []
        for member in members {
            guard let other = expected[Array(member.path.text.utf8)], Self.kind(of: member) == other.kind else {
                return true
            }
            pairs.append((member, other))
        }
        return try contentsDiffer(pairs, options, committed.filter)
    }

    private func contentsDiffer(
        _ pairs: [(SourceMember, Expected)],
        _ options: SourceChoices,
        _ filter: ExclusionFilter
    ) throws -> Bool {
        let filter = Mutex(filter)
        // What git has instead of a file of git LFS; nil for any other file, and for one that is not there.
        let pointerOf: @Sendable (SourceMember, Expected) throws -> LargeFilePointer? = { member, expected in
            // A pointer that is packed as it is stands for nothing else.
            let path = Array(member.path.text.utf8)
            guard !options.keepsPointers, let size = try expected.objects.sizes(of: [expected.id])[0],
                LargeFilePointer.mayBe(size: size, isLarge: filter.withLock { $0.isLarge(path) })
            else { return nil }
            return LargeFilePointer(try expected.objects.content(expected.id))
        }
        do {
            _ = try Workers.map(count: pairs.count) { number in
                guard try isSame(pairs[number].0, pairs[number].1, pointerOf) else { throw Differs() }
            }
            return false
        } catch is Differs {
            return true
        }
    }

    private func isSame(
        _ member: SourceMember,
        _ expected: Expected,
        _ pointerOf: (SourceMember, Expected) throws -> LargeFilePointer?
    ) throws -> Bool {
        if let target = member.linkTarget {
            return try GitObjectID.blob(size: Int64(target.utf8.count)) { add in
                try Array(target.utf8).withUnsafeBytes(add)
            } == expected.id
        }
        if case .large(let digest, _) = member.origin { return try pointerOf(member, expected)?.digest == digest }
        let file = try anchor.open(member.path)
        let id = try GitObjectID.blob(size: member.size) { add in
            try file.forEachPiece { try $0.withUnsafeBytes(add) }
        }
        if id == expected.id { return true }
        guard let pointer = try pointerOf(member, expected), pointer.size == member.size else { return false }
        var hash = ContentHash()
        try file.forEachPiece { hash.add($0) }
        return hash.digest == pointer.digest
    }

    private static func kind(of member: SourceMember) -> GitTreeEntry.Kind {
        switch member.kind {
        case .link: .link
        case .file(let isExecutable): isExecutable ? .executable : .file
        }
    }
}
