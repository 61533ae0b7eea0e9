import Clibgit2
import Glibc

/// A file that git knows, or would add.
struct GitWorkingFile: Sendable {
    /// A nested repository is one that is no submodule.
    enum Kind: Sendable { case file, executable, link, submodule, nested }

    /// From the top of the working tree, as raw bytes.
    let path: [UInt8]
    /// By the index; `file` for what is not tracked.
    let kind: Kind
}

extension GitRepository {
    /// Tracked files, and those that are neither tracked nor ignored.
    ///
    /// - Parameter subdirectory: Without a slash at the end; empty for all.
    /// - Throws: `ArchiveError` of kind `damagedRepository`.
    /// - Returns: The files in byte order of path; a tracked one need not be there.
    func workingFiles(below subdirectory: String) throws -> [GitWorkingFile] {
        try use { repository in
            let prefix = subdirectory.isEmpty ? [] : Array("\(subdirectory)/".utf8)
            var files: [[UInt8]: GitWorkingFile.Kind] = [:]
            let index = try GitPointer(free: git_index_free) { git_repository_index($0, repository) }
            for position in 0..<git_index_entrycount(index.raw) {
                guard let entry = git_index_get_byindex(index.raw, position), let name = entry.pointee.path else {
                    continue
                }
                let path = Self.bytes(name)
                guard path.starts(with: prefix) else { continue }
                files[path] =
                    switch entry.pointee.mode {
                    case GIT_FILEMODE_COMMIT.rawValue: .submodule
                    case GIT_FILEMODE_BLOB_EXECUTABLE.rawValue: .executable
                    case GIT_FILEMODE_LINK.rawValue: .link
                    default: .file
                    }
            }
            for path in try Self.untracked(below: prefix, of: repository) {
                if path.last == UInt8(ascii: "/") {
                    // Only a repository inside this one is reported as a folder.
                    files[Array(path.dropLast())] = .nested
                } else {
                    files[path] = .file
                }
            }
            return files.sorted { $0.key.lexicographicallyPrecedes($1.key) }
                .map { GitWorkingFile(path: $0.key, kind: $0.value) }
        }
    }

    private static func untracked(
        below prefix: [UInt8],
        of repository: OpaquePointer
    ) throws(GitFailure) -> [[UInt8]] {
        var options = git_status_options()
        try GitFailure.check(git_status_options_init(&options, UInt32(GIT_STATUS_OPTIONS_VERSION)))
        options.show = GIT_STATUS_SHOW_WORKDIR_ONLY
        options.flags =
            GIT_STATUS_OPT_INCLUDE_UNTRACKED.rawValue | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS.rawValue
            | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH.rawValue | GIT_STATUS_OPT_INCLUDE_UNREADABLE.rawValue
        let folder = strdup(Array(prefix.dropLast()).asText)
        defer { free(folder) }
        let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: 1)
        list.initialize(to: folder)
        defer { list.deallocate() }
        if !prefix.isEmpty { options.pathspec = git_strarray(strings: list, count: 1) }
        let status = try GitPointer(free: git_status_list_free) { git_status_list_new($0, repository, &options) }
        var untracked: [[UInt8]] = []
        for position in 0..<git_status_list_entrycount(status.raw) {
            guard let entry = git_status_byindex(status.raw, position) else { continue }
            let isListed = GIT_STATUS_WT_NEW.rawValue | GIT_STATUS_WT_UNREADABLE.rawValue
            guard entry.pointee.status.rawValue & isListed != 0,
                let name = entry.pointee.index_to_workdir?.pointee.new_file.path
            else { continue }
            untracked.append(bytes(name))
        }
        return untracked
    }

    private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
        UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
    }
}
