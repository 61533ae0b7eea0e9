import Glibc
import SheafModel
import SheafSystem

/// A bundle's directory and the git repository around it, if there is one.
struct BundleLocation {
    let repository: GitRepository?
    /// The directory below the top of the working tree, without slashes at its ends; empty for the top.
    let subdirectory: String

    /// Finds the repository of a directory.
    ///
    /// - Throws: `ArchiveError` of kind `noDirectory`, `unreadable`, `foreignRepository` or `damagedRepository`.
    init(_ directory: String) throws {
        let real = try Self.realPath(directory)
        _ = try DirectoryAnchor(directory)
        repository = try GitRepository.containing(real)
        guard let top = repository?.workingDirectory else {
            subdirectory = ""
            return
        }
        let realTop = try Self.realPath(top)
        let prefix = realTop == "/" ? "/" : "\(realTop)/"
        guard real == realTop || real.utf8.starts(with: prefix.utf8) else {
            throw ArchiveError(
                .noDirectory,
                "\(EscapedText.of(directory)) lies outside the working tree of its git repository",
                hint: "name the directory that holds bundle.yaml"
            )
        }
        subdirectory = real == realTop ? "" : String(Substring(real.utf8.dropFirst(prefix.utf8.count)))
    }

    /// The parts of the subdirectory.
    var parts: [[UInt8]] { subdirectory.utf8.split(separator: UInt8(ascii: "/")).map(Array.init) }

    /// A repository's answer for a commit: what the archive says about its origin.
    func origin(of commit: GitCommit, in repository: GitRepository, dirty: Bool) throws -> (Provenance, String?) {
        let version = try repository.version(of: commit)
        let tree = try repository.tree(at: subdirectory, in: commit.tree)
        let provenance = Provenance(
            commit: commit.id.hex,
            tree: tree?.hex,
            tag: version.tag,
            subdirectory: subdirectory,
            dirty: dirty
        )
        return (provenance, version.version)
    }

    private static func realPath(_ path: String) throws -> String {
        guard let real = realpath(path, nil) else {
            let error = SystemError("read \(path)")
            guard error.number == ENOENT || error.number == ENOTDIR else { throw ArchiveError.reading(path, error) }
            throw ArchiveError(
                .noDirectory,
                "there is no directory \(EscapedText.of(path))",
                hint: "name the directory that holds bundle.yaml"
            )
        }
        defer { free(real) }
        return String(cString: real)
    }
}
