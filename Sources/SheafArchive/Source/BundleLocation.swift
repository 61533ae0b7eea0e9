import Glibc
import SheafModel
import SheafSystem

/// A bundle's directory and the git repository around it, if there is one.
struct BundleLocation {
    let repository: GitRepository?
    /// The directory below the top of the working tree, without slashes at its ends; empty for the top.
    let subdirectory: String
    /// Whether the directory is not there, so that only a commit can have it.
    let isGone: Bool

    /// Finds the repository of a directory.
    ///
    /// - Parameters:
    ///   - directory: In a working tree, or a bare repository or what would be in it if it were none.
    ///   - mayBeGone: Whether the directory need not be there, as it is in a commit that is not checked out.
    /// - Throws: `ArchiveError` of kind `noDirectory`, `unreadable`, `foreignRepository`, `unsupportedRepository` or
    ///   `damagedRepository`.
    init(_ directory: String, mayBeGone: Bool = false) throws {
        let (real, gone) = try Self.existing(directory, mayBeGone: mayBeGone)
        if gone.isEmpty { _ = try DirectoryAnchor(directory) }
        repository = try GitRepository.containing(real)
        // Nothing is known of a directory that is not there and in no repository.
        guard gone.isEmpty || repository != nil else { throw Self.noDirectory(directory) }
        isGone = !gone.isEmpty
        guard let repository else {
            subdirectory = ""
            return
        }
        let realTop = try Self.realPath(repository.workingDirectory ?? repository.path)
        let prefix = realTop == "/" ? "/" : "\(realTop)/"
        guard real == realTop || real.utf8.starts(with: prefix.utf8) else {
            throw ArchiveError(
                .noDirectory,
                "\(EscapedText.of(directory)) lies outside the working tree of its git repository",
                hint: "name the directory that holds bundle.yaml"
            )
        }
        let there = real == realTop ? "" : String(Substring(real.utf8.dropFirst(prefix.utf8.count)))
        subdirectory = ((there.isEmpty ? [] : [there]) + gone).joined(separator: "/")
    }

    /// The parts of the subdirectory.
    var parts: [[UInt8]] { subdirectory.utf8.split(separator: UInt8(ascii: "/")).map(Array.init) }

    /// A repository's answer for a commit: what the archive says about its origin.
    func origin(
        of commit: GitCommit,
        in repository: GitRepository,
        dirty: Bool,
        submodules: [Provenance.Submodule]
    ) throws -> (Provenance, String?) {
        let version = try repository.version(of: commit, for: subdirectory)
        let tree = try repository.tree(at: subdirectory, in: commit.tree)
        let provenance = Provenance(
            commit: commit.id.hex,
            tree: tree?.hex,
            tag: version.tag,
            subdirectory: subdirectory,
            dirty: dirty,
            submodules: submodules
        )
        return (provenance, version.version)
    }

    /// The longest part of a path that is there, and the names that follow it.
    private static func existing(_ path: String, mayBeGone: Bool) throws -> (real: String, gone: [String]) {
        var left = path, gone: [String] = []
        while true {
            do {
                return (try realPath(left), gone)
            } catch let error as ArchiveError where error.kind == .noDirectory && mayBeGone {
                while left.hasSuffix("/"), left != "/" { left.removeLast() }
                let slash = left.lastIndex(of: "/")
                let name = slash.map { String(left[left.index(after: $0)...]) } ?? left
                guard !["", ".", ".."].contains(name) else { throw noDirectory(path) }
                gone.insert(name, at: 0)
                left = slash.map { $0 == left.startIndex ? "/" : String(left[..<$0]) } ?? "."
            }
        }
    }

    private static func realPath(_ path: String) throws -> String {
        guard let real = realpath(path, nil) else {
            let error = SystemError("read \(path)")
            guard error.number == ENOENT || error.number == ENOTDIR else { throw ArchiveError.reading(path, error) }
            throw noDirectory(path)
        }
        defer { free(real) }
        return String(cString: real)
    }

    /// There is nothing where a bundle was looked for.
    static func noDirectory(_ path: String) -> ArchiveError {
        ArchiveError(
            .noDirectory,
            "there is no directory \(EscapedText.of(path))",
            hint: "name the directory that holds bundle.yaml"
        )
    }
}
