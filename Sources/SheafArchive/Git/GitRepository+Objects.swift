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
    /// The commit that a revision means.
    ///
    /// - Parameter revision: Anything that `git rev-parse` knows; nil means `HEAD`.
    /// - Throws: `ArchiveError` of kind `damagedRepository`.
    /// - Returns: nil when there is no such revision, or no commit yet.
    func commit(_ revision: String?) throws -> GitCommit? {
        try use { repository in
            do throws(GitFailure) {
                let object = try GitPointer(free: git_object_free) {
                    git_revparse_single($0, repository, revision ?? "HEAD")
                }
                let commit = try GitPointer(free: git_object_free) {
                    git_object_peel($0, object.raw, GIT_OBJECT_COMMIT)
                }
                guard let id = git_commit_id(commit.raw), let tree = git_commit_tree_id(commit.raw) else {
                    throw GitFailure.last()
                }
                return GitCommit(
                    id: GitObjectID(id.pointee),
                    tree: GitObjectID(tree.pointee),
                    time: git_commit_time(commit.raw)
                )
            } catch {
                switch error.code {
                case GIT_ENOTFOUND.rawValue, GIT_EINVALIDSPEC.rawValue, GIT_EPEEL.rawValue, GIT_EAMBIGUOUS.rawValue,
                    GIT_EUNBORNBRANCH.rawValue:
                    return nil
                default: throw error
                }
            }
        }
    }

    /// The tree at a path below another tree; nil when there is none.
    func tree(at path: String, in root: GitObjectID) throws -> GitObjectID? {
        guard !path.isEmpty else { return root }
        return try use { repository in
            var id = root.raw
            let tree = try GitPointer(free: git_tree_free) { git_tree_lookup($0, repository, &id) }
            do throws(GitFailure) {
                let entry = try GitPointer(free: git_tree_entry_free) { git_tree_entry_bypath($0, tree.raw, path) }
                guard git_tree_entry_type(entry.raw) == GIT_OBJECT_TREE, let id = git_tree_entry_id(entry.raw) else {
                    return nil
                }
                return GitObjectID(id.pointee)
            } catch {
                guard error.isNotFound else { throw error }
                return nil
            }
        }
    }

    /// Everything below a tree that is no folder, in byte order of path.
    func entries(of tree: GitObjectID) throws -> [GitTreeEntry] {
        try use { repository in
            var entries: [GitTreeEntry] = []
            try Self.collect(tree, below: [], of: repository, into: &entries)
            return entries.sorted { $0.path.lexicographicallyPrecedes($1.path) }
        }
    }

    /// The content at a path below a tree; nil when there is no file.
    func file(at path: String, in root: GitObjectID) throws -> [UInt8]? {
        let id = try use { repository -> GitObjectID? in
            var id = root.raw
            let tree = try GitPointer(free: git_tree_free) { git_tree_lookup($0, repository, &id) }
            do throws(GitFailure) {
                let entry = try GitPointer(free: git_tree_entry_free) { git_tree_entry_bypath($0, tree.raw, path) }
                guard git_tree_entry_type(entry.raw) == GIT_OBJECT_BLOB else { return nil }
                return git_tree_entry_id(entry.raw).map { GitObjectID($0.pointee) }
            } catch {
                guard error.isNotFound else { throw error }
                return nil
            }
        }
        return try id.map(content)
    }

    /// The size of a blob in bytes.
    func size(of id: GitObjectID) throws -> Int64 {
        try use { repository in
            let database = try GitPointer(free: git_odb_free) { git_repository_odb($0, repository) }
            var raw = id.raw, size = 0, type = GIT_OBJECT_ANY
            try GitFailure.check(git_odb_read_header(&size, &type, database.raw, &raw))
            return Int64(size)
        }
    }

    /// The bytes of a blob, as they were committed.
    func content(_ id: GitObjectID) throws -> [UInt8] {
        try use { repository in
            var raw = id.raw
            let blob = try GitPointer(free: git_blob_free) { git_blob_lookup($0, repository, &raw) }
            let size = Int(git_blob_rawsize(blob.raw))
            guard size > 0 else { return [] }
            guard let start = git_blob_rawcontent(blob.raw) else { throw GitFailure.last() }
            return Array(UnsafeRawBufferPointer(start: start, count: size))
        }
    }

    private static func collect(
        _ id: GitObjectID,
        below folder: [UInt8],
        of repository: OpaquePointer,
        into entries: inout [GitTreeEntry]
    ) throws {
        var raw = id.raw
        let tree = try GitPointer(free: git_tree_free) { git_tree_lookup($0, repository, &raw) }
        for index in 0..<git_tree_entrycount(tree.raw) {
            guard let entry = git_tree_entry_byindex(tree.raw, index), let name = git_tree_entry_name(entry),
                let entryID = git_tree_entry_id(entry)
            else { continue }
            let bytes = UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) }
            let path = folder + bytes
            let id = GitObjectID(entryID.pointee)
            switch git_tree_entry_filemode(entry) {
            case GIT_FILEMODE_TREE:
                try collect(id, below: path + [UInt8(ascii: "/")], of: repository, into: &entries)
            case GIT_FILEMODE_BLOB_EXECUTABLE: entries.append(GitTreeEntry(path: path, kind: .executable, id: id))
            case GIT_FILEMODE_LINK: entries.append(GitTreeEntry(path: path, kind: .link, id: id))
            case GIT_FILEMODE_COMMIT: entries.append(GitTreeEntry(path: path, kind: .submodule, id: id))
            default: entries.append(GitTreeEntry(path: path, kind: .file, id: id))
            }
        }
    }
}
