import Clibgit2
import Glibc
import SheafModel
import SheafSystem
import Synchronization

/// A git repository, of which only objects, references, the index and the status are read.
///
/// Nothing is checked out, no hook and no external filter runs, nothing is written. libgit2 forbids the use of one
/// repository by two threads at once, so every use holds a lock.
final class GitRepository: Sendable {
    private struct Handle: ~Copyable, @unchecked Sendable {
        // Safe to send: the pointer is reached only through the lock around the handle.
        let pointer: GitPointer
    }

    private let handle: Mutex<Handle>
    /// The working tree with a slash at the end; nil for a bare repository.
    let workingDirectory: String?
    /// The git directory, for messages.
    let path: String
    /// The objects, by their ids.
    let objects: GitObjects
    /// Whether history is cut off.
    let isShallow: Bool
    /// Whether objects may be absent that the remote would give.
    let isPartial: Bool
    /// Whether the file system keeps the executable bit (`core.fileMode`).
    let keepsFileModes: Bool
    /// Whether the file system keeps symbolic links (`core.symlinks`).
    let keepsLinks: Bool
    /// What linked working trees share: the main repository's git directory.
    let commonDirectory: String

    /// Finds the repository that a directory belongs to.
    ///
    /// - Parameters:
    ///   - directory: Any folder.
    ///   - isTop: Whether the folders above do not count.
    ///   - isBare: Whether the directory is a git directory, of which the working tree does not matter.
    /// - Returns: nil when it belongs to none.
    /// - Throws: `ArchiveError` of kind `foreignRepository`, `unsupportedRepository` or `damagedRepository`.
    static func containing(_ directory: String, isTop: Bool = false, isBare: Bool = false) throws -> GitRepository? {
        let flags =
            (isTop ? GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue : 0) | (isBare ? GIT_REPOSITORY_OPEN_BARE.rawValue : 0)
        do {
            try GitLibrary.start()
            let pointer = try GitPointer(free: git_repository_free) {
                git_repository_open_ext($0, directory, flags, nil)
            }
            try GitFormat.check(pointer.raw)
            return try GitRepository(pointer)
        } catch let error as GitFailure {
            switch error.code {
            case GIT_ENOTFOUND.rawValue, GIT_EOWNER.rawValue:
                // libgit2 1.5 says "not found" too when the owner is another and no directory is declared safe.
                guard let found = discovered(from: directory, isTop: isTop) else { return nil }
                throw foreign(found)
            default:
                if let found = discovered(from: directory, isTop: isTop) { try GitFormat.check(gitDirectory: found) }
                throw damaged(directory, error)
            }
        }
    }

    private init(_ pointer: consuming GitPointer) throws(GitFailure) {
        let raw = pointer.raw
        workingDirectory = git_repository_workdir(raw).map { String(cString: $0) }
        path = git_repository_path(raw).map { String(cString: $0) } ?? ""
        commonDirectory = git_repository_commondir(raw).map { String(cString: $0) } ?? path
        isPartial = GitFormat.isPartial(raw)
        let folder = try Self.objectsFolder(of: raw)
        objects = GitObjects(folder: folder, of: path, isPartial: isPartial)
        // libgit2 looks for it beside the index of a linked working tree only.
        isShallow =
            git_repository_is_shallow(raw) == 1 || !(TextFile.read("\(commonDirectory)shallow") ?? "").isEmpty
        keepsFileModes = Self.configuredBool("core.filemode", of: raw) ?? true
        keepsLinks = Self.configuredBool("core.symlinks", of: raw) ?? true
        let borrowed = GitObjectFiles.overlooked(from: folder)
        if !borrowed.isEmpty {
            let database = try GitPointer(free: git_odb_free) { git_repository_odb($0, raw) }
            for folder in borrowed { try GitFailure.check(git_odb_add_disk_alternate(database.raw, folder)) }
        }
        handle = Mutex(Handle(pointer: pointer))
    }

    /// Uses the repository; no other thread does meanwhile.
    ///
    /// - Throws: What the body throws; a `GitFailure` becomes an `ArchiveError` of kind `damagedRepository`
    ///   or `unreadable`.
    func use<Result: Sendable>(_ body: (OpaquePointer) throws -> Result) throws -> Result {
        do {
            return try handle.withLock { try body($0.pointer.raw) }
        } catch let failure as GitFailure {
            // What libgit2 calls "locked" is a file that it may not open.
            if failure.code == GIT_ELOCKED.rawValue {
                throw ArchiveError(
                    .unreadable,
                    "cannot read a file of the working tree: \(EscapedText.of(failure.reason))",
                    hint: "make it readable for this user",
                    failureClass: .refused
                )
            }
            throw Self.damaged(path, failure)
        }
    }

    /// Where the objects are, which for a linked working tree is in the main repository.
    private static func objectsFolder(of repository: OpaquePointer) throws(GitFailure) -> String {
        var path = git_buf()
        defer { git_buf_dispose(&path) }
        try GitFailure.check(git_repository_item_path(&path, repository, GIT_REPOSITORY_ITEM_OBJECTS))
        guard let text = path.ptr else { throw GitFailure.last() }
        return String(cString: text)
    }

    private static func configuredBool(_ name: String, of repository: OpaquePointer) -> Bool? {
        var value: Int32 = 0
        // Without a readable configuration git's default holds, which is what nil means to the caller.
        guard let config = try? GitPointer(free: git_config_free, { git_repository_config_snapshot($0, repository) }),
            git_config_get_bool(&value, config.raw, name) == 0
        else { return nil }
        return value != 0
    }

    /// The git directory above a directory, whoever owns it.
    private static func discovered(from directory: String, isTop: Bool) -> String? {
        // Without a search the question is only asked about what lies in the folder itself.
        if isTop, !["/.git", "/HEAD"].contains(where: { access(directory + $0, F_OK) == 0 }) { return nil }
        var path = git_buf()
        defer { git_buf_dispose(&path) }
        guard git_repository_discover(&path, directory, 0, nil) == 0, let text = path.ptr else { return nil }
        return String(cString: text)
    }

    private static func foreign(_ gitDirectory: String) -> ArchiveError {
        let top = gitDirectory.hasSuffix("/.git/") ? String(gitDirectory.dropLast(6)) : gitDirectory
        let shown = EscapedText.of(top)
        return ArchiveError(
            .foreignRepository,
            "the git repository \(shown) belongs to another user",
            hint: "if you trust it, run: git config --global --add safe.directory '\(shown)'",
            failureClass: .refused
        )
    }

    static func damaged(_ path: String, _ failure: GitFailure) -> ArchiveError {
        ArchiveError(
            .damagedRepository,
            "cannot read the git repository \(EscapedText.of(path)): \(failure.reason)",
            hint: "run 'git fsck' there, or clone it anew",
            failureClass: .refused
        )
    }

    /// An object that should be there and is not.
    ///
    /// - Parameters:
    ///   - path: Of the git directory.
    ///   - what: That is missing, in words.
    ///   - isPartial: Whether the remote may have it.
    ///   - revision: What it was wanted for.
    /// - Returns: An error of kind `missingObject`.
    static func missing(
        _ path: String,
        _ what: String,
        isPartial: Bool,
        for revision: String = "REVISION"
    ) -> ArchiveError {
        let shown = EscapedText.of(path)
        let kind = isPartial ? "partial clone" : "git repository"
        return ArchiveError(
            .missingObject,
            "the \(kind) \(shown) does not have \(what)",
            hint: isPartial
                ? "fetch it: git -C '\(shown)' archive --format=tar -o /dev/null \(revision)"
                : "run 'git fsck' there, and fetch again or clone it anew",
            failureClass: .refused
        )
    }
}
