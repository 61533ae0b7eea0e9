import Clibgit2
import SheafModel
import SheafSystem

/// How a repository stores things, and whether that can be read here.
///
/// A repository says so in its configuration, where it is of format 1: https://git-scm.com/docs/repository-version.
enum GitFormat {
    /// What whoever only reads may ignore.
    private static let harmless = [
        "noop", "noop-v1", "partialclone", "worktreeconfig", "relativeworktrees", "preciousobjects",
    ]
    /// What can be read where it has its old value.
    private static let known = ["objectformat": "sha1", "refstorage": "files"]
    private static let newestVersion: Int32 = 1

    /// Refuses an open repository that is stored in another way.
    ///
    /// - Throws: `ArchiveError` of kind `unsupportedRepository`; `GitFailure`.
    static func check(_ repository: OpaquePointer) throws {
        let config = try GitPointer(free: git_config_free) { git_repository_config_snapshot($0, repository) }
        let path = git_repository_path(repository).map { String(cString: $0) } ?? ""
        try check(config, of: path)
    }

    /// Refuses a repository that libgit2 does not open, where the way in which it is stored is the cause.
    ///
    /// - Throws: `ArchiveError` of kind `unsupportedRepository`.
    static func check(gitDirectory: String) throws {
        // A linked working tree names the repository that has the configuration.
        let common = TextFile.read("\(gitDirectory)commondir")?.split(separator: "\n").first.map(String.init) ?? "."
        let folder = common.hasPrefix("/") ? common : "\(gitDirectory)\(common)"
        // What cannot be read has another cause, of which libgit2 told already.
        guard let config = try? GitPointer(free: git_config_free, { git_config_open_ondisk($0, "\(folder)/config") })
        else { return }
        try check(config, of: gitDirectory)
    }

    /// Whether the remote promised objects that were not fetched.
    static func isPartial(_ repository: OpaquePointer) -> Bool {
        // Without a readable configuration no remote is known either.
        guard let config = try? GitPointer(free: git_config_free, { git_repository_config_snapshot($0, repository) })
        else { return false }
        let names = (try? values(of: config, named: "^(remote\\..*\\.promisor|extensions\\.partialclone)$")) ?? []
        return names.contains { $0.value != "false" }
    }

    private static func check(_ config: borrowing GitPointer, of path: String) throws {
        var version: Int32 = 0
        if git_config_get_int32(&version, config.raw, "core.repositoryformatversion") == 0, version > newestVersion {
            throw unsupported(path, "is of git's format \(version)")
        }
        for (name, value) in try values(of: config, named: "^extensions\\.") {
            let name = String(name.dropFirst("extensions.".count)).lowercased()
            guard !harmless.contains(name), known[name] != value.lowercased() else { continue }
            switch name {
            case "objectformat": throw unsupported(path, "names its objects by \(value.uppercased()), not by SHA-1")
            case "refstorage": throw unsupported(path, "stores its references as '\(value)', not as files")
            default: throw unsupported(path, "needs git's extension '\(name)'")
            }
        }
    }

    private static func values(
        of config: borrowing GitPointer,
        named pattern: String
    ) throws(GitFailure) -> [(name: String, value: String)] {
        let raw = config.raw
        let iterator = try GitPointer(free: git_config_iterator_free) { git_config_iterator_glob_new($0, raw, pattern) }
        var found: [(name: String, value: String)] = []
        var entry: UnsafeMutablePointer<git_config_entry>?
        while git_config_next(&entry, iterator.raw) == 0, let entry {
            found.append((String(cString: entry.pointee.name), entry.pointee.value.map { String(cString: $0) } ?? ""))
        }
        return found
    }

    private static func unsupported(_ path: String, _ what: String) -> ArchiveError {
        let shown = EscapedText.of(path.hasSuffix("/.git/") ? String(path.dropLast("/.git/".count)) : path)
        return ArchiveError(
            .unsupportedRepository,
            "the git repository \(shown) \(EscapedText.of(what)), which cannot be read",
            hint: "write the commit's files to an empty directory that is in no repository, "
                + "'git -C \(shown) archive HEAD | tar -x -C DIRECTORY', and use that",
            failureClass: .refused
        )
    }
}
