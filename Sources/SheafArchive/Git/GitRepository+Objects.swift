import Clibgit2
import Glibc

/// A commit, as far as an archive needs it.
struct GitCommit: Sendable {
    let id: GitObjectID
    let tree: GitObjectID
    /// When it was committed, in seconds since 1970.
    let time: Int64
}

/// An entry of a tree that is no folder.
struct GitTreeEntry: Sendable {
    enum Kind: Sendable { case file, executable, link, submodule }

    /// From the tree that was listed, as raw bytes.
    let path: [UInt8]
    let kind: Kind
    let id: GitObjectID
}

extension GitRepository {
    /// How many digits of an id git takes for it: `MINIMUM_ABBREV` in git's `object-name.c`.
    private static let shortestAbbreviation = 4

    /// The commit that a revision means.
    ///
    /// - Parameter revision: Anything that `git rev-parse` knows; nil means `HEAD`.
    /// - Throws: `ArchiveError` of kind `unknownRevision` where it is something else than a commit, `ambiguousRevision`,
    ///   `missingObject` or `damagedRepository`.
    /// - Returns: nil when there is no such revision, or no commit yet.
    func commit(_ revision: String?) throws -> GitCommit? {
        let name = revision ?? "HEAD"
        let found: GitCommit? = try use { repository in
            do {
                let object = try GitPointer(free: git_object_free) { git_revparse_single($0, repository, name) }
                return try Self.commit(of: object, named: name)
            } catch let error as GitFailure {
                switch error.code {
                case GIT_EAMBIGUOUS.rawValue:
                    // libgit2 says so of everything shorter; to git that is no abbreviation.
                    guard name.prefix(while: \.isHexDigit).count >= Self.shortestAbbreviation else { return nil }
                    throw Self.ambiguous(name)
                case GIT_ENOTFOUND.rawValue:
                    guard let id = Self.target(named: name, in: repository) else { return nil }
                    throw Self.missing(path, "the commit \(id.hex)", isPartial: isPartial)
                case GIT_EINVALIDSPEC.rawValue, GIT_EUNBORNBRANCH.rawValue: return nil
                default: throw error
                }
            }
        }
        guard let found else { return nil }
        // Everything that is packed hangs on it.
        let namesTree = try objects.read(found.id, .commit) { $0.starts(with: "tree \(found.tree.hex)\n".utf8) }
        guard namesTree else {
            throw Self.damaged(path, GitFailure(code: -1, reason: "the commit \(found.id.hex) has another tree"))
        }
        return found
    }

    private static func commit(of object: borrowing GitPointer, named name: String) throws -> GitCommit {
        let raw = object.raw
        let commit: GitPointer
        do throws(GitFailure) {
            commit = try GitPointer(free: git_object_free) { git_object_peel($0, raw, GIT_OBJECT_COMMIT) }
        } catch {
            guard error.code == GIT_EPEEL.rawValue || error.code == GIT_EINVALIDSPEC.rawValue else { throw error }
            let kind = git_object_type2string(git_object_type(raw)).map { String(cString: $0) } ?? "object"
            throw ArchiveError(
                .unknownRevision,
                "'\(EscapedText.of(name))' names a \(kind), not a commit",
                hint: "name a commit, a branch or a tag of a commit"
            )
        }
        guard let id = git_commit_id(commit.raw), let tree = git_commit_tree_id(commit.raw) else {
            throw GitFailure.last()
        }
        return GitCommit(
            id: GitObjectID(id.pointee),
            tree: GitObjectID(tree.pointee),
            time: git_commit_time(commit.raw)
        )
    }

    /// What a reference names, whether or not that is there.
    private static func target(named name: String, in repository: OpaquePointer) -> GitObjectID? {
        var id = git_oid()
        // What is no reference names nothing.
        guard let short = try? GitPointer(free: git_reference_free, { git_reference_dwim($0, repository, name) }),
            let full = git_reference_name(short.raw), git_reference_name_to_id(&id, repository, full) == 0
        else { return nil }
        return GitObjectID(id)
    }

    private static func ambiguous(_ name: String) -> ArchiveError {
        ArchiveError(
            .ambiguousRevision,
            "several objects have an id that begins with '\(EscapedText.of(name))'",
            hint: "write more of it: 'git rev-parse --disambiguate=\(EscapedText.of(name))' lists them"
        )
    }

    /// The tree at a path below another tree; nil when there is none.
    func tree(at path: String, in root: GitObjectID) throws -> GitObjectID? {
        guard !path.isEmpty else { return root }
        return try find(path, in: root).flatMap { $0.mode & Self.kindBits == Self.folder ? $0.id : nil }
    }

    /// Everything below a tree that is no folder, in byte order of path.
    ///
    /// - Parameters:
    ///   - tree: To be listed.
    ///   - budget: What the listing may take; trees that name each other again and again would have no end.
    /// - Throws: `ArchiveError` of kind `missingObject`, `damagedRepository`, `tooManyMembers`, `pathTooLong` or
    ///   `pathTooDeep`.
    /// - Returns: Files, links and submodules, with their paths from the tree.
    func entries(of tree: GitObjectID, within budget: inout ListingBudget) throws -> [GitTreeEntry] {
        var entries: [GitTreeEntry] = []
        try collect(tree, below: [], depth: 1, within: &budget, into: &entries)
        return entries.sorted { Self.precedes($0.path, $1.path) }
    }

    /// The content of a file with rules at a path below a tree; nil when there is no file.
    func rules(at path: String, in root: GitObjectID) throws -> [UInt8]? {
        guard let entry = try find(path, in: root), entry.mode & Self.kindBits == 0o100000 else { return nil }
        if let size = try objects.sizes(of: [entry.id])[0] {
            try ExclusionRules.checkSize(size, of: Array(path.utf8))
        }
        return try objects.content(entry.id)
    }

    private static let kindBits: UInt32 = 0o170000
    private static let folder: UInt32 = 0o040000

    /// What is at a path below a tree, each tree on the way held against its id.
    private func find(_ path: String, in root: GitObjectID) throws -> (mode: UInt32, id: GitObjectID)? {
        var found = (mode: Self.folder, id: root)
        for part in path.utf8.split(separator: UInt8(ascii: "/")) {
            guard found.mode & Self.kindBits == Self.folder else { return nil }
            var rest = try objects.content(found.id, .tree)[...]
            var next: (mode: UInt32, id: GitObjectID)?
            while !rest.isEmpty, next == nil {
                let entry = try takeEntry(&rest, of: found.id)
                if entry.name.elementsEqual(part) { next = (entry.mode, entry.id) }
            }
            guard let next else { return nil }
            found = next
        }
        return found
    }

    private func collect(
        _ id: GitObjectID,
        below folder: [UInt8],
        depth: Int,
        within budget: inout ListingBudget,
        into entries: inout [GitTreeEntry]
    ) throws {
        // Copied out, so that no object is held while those below it are read.
        var rest = try objects.content(id, .tree)[...]
        while !rest.isEmpty {
            let entry = try takeEntry(&rest, of: id)
            let path = folder + entry.name
            try budget.take(path, depth: depth)
            switch entry.mode & Self.kindBits {
            case Self.folder:
                let below = path + [UInt8(ascii: "/")]
                try collect(entry.id, below: below, depth: depth + 1, within: &budget, into: &entries)
            case 0o120000: entries.append(GitTreeEntry(path: path, kind: .link, id: entry.id))
            case 0o160000: entries.append(GitTreeEntry(path: path, kind: .submodule, id: entry.id))
            default:
                let isExecutable = entry.mode & FileType.ownerMayExecute != 0
                entries.append(GitTreeEntry(path: path, kind: isExecutable ? .executable : .file, id: entry.id))
            }
        }
    }

    /// Takes `MODE NAME\0ID` off the front of a tree's bytes.
    private func takeEntry(
        _ bytes: inout ArraySlice<UInt8>,
        of tree: GitObjectID
    ) throws -> (mode: UInt32, name: ArraySlice<UInt8>, id: GitObjectID) {
        let malformed = { Self.damaged(self.path, GitFailure(code: -1, reason: "the tree \(tree.hex) is malformed")) }
        guard let space = bytes.firstIndex(of: UInt8(ascii: " ")), let end = bytes[space...].firstIndex(of: 0),
            end + GitObjectID.count < bytes.endIndex, space + 1 < end
        else { throw malformed() }
        var mode: UInt32 = 0
        for digit in bytes[bytes.startIndex..<space] {
            guard (48...55).contains(digit), mode < 1 << 20 else { throw malformed() }
            mode = mode << 3 | UInt32(digit - 48)
        }
        let name = bytes[(space + 1)..<end]
        let after = end + 1 + GitObjectID.count
        guard let id = bytes[(end + 1)..<after].withUnsafeBytes({ GitObjectID($0) }) else { throw malformed() }
        bytes = bytes[after...]
        return (mode, name, id)
    }

    private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                guard let first = left.baseAddress, let second = right.baseAddress else {
                    return left.count < right.count
                }
                let order = memcmp(first, second, min(left.count, right.count))
                return order == 0 ? left.count < right.count : order < 0
            }
        }
    }
}
