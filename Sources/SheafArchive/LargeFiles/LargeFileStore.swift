import CLinux
import Glibc
import SheafModel
import SheafSystem

/// The files that git LFS fetched into a clone: `lfs/objects` of its git directory, named by their SHA-256.
struct LargeFileStore: Sendable {
    private let folder: String

    /// Takes the git directory, of linked working trees that of the main repository, with a slash at the end.
    init(gitDirectory: String) { folder = "\(gitDirectory)lfs/objects" }

    /// The file that a pointer stands for; nil when the clone does not have it.
    ///
    /// - Returns: A file of the right size, not yet proven.
    func file(of pointer: LargeFilePointer) -> String? {
        let hex = pointer.digest.hex
        let path = "\(folder)/\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))/\(hex)"
        // What cannot be opened is not there for us; the error for that tells what to do.
        guard let status = try? OpenFile.open(path).status(), status.st_size == pointer.size else { return nil }
        return path
    }

    /// Reads the file of a member and proves it.
    ///
    /// - Throws: `ArchiveError` of kind `lfsPointer`, `lfsDamaged` or `unreadable`.
    static func read(
        _ member: SourceMember,
        _ digest: Digest,
        file: String?,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard let file else { throw missing([member.path]) }
        let open: OpenFile
        do throws(SystemError) {
            open = try OpenFile.open(file)
        } catch {
            throw ArchiveError.reading(file, error)
        }
        var hash = ContentHash()
        try open.forEachPiece { piece in
            hash.add(piece)
            // More than was counted ends in the error below.
            if hash.count <= member.size { try piece.withUnsafeBytes(body) }
        }
        guard hash.count == member.size, hash.digest == digest else {
            throw ArchiveError(
                .lfsDamaged,
                "\(EscapedText.of(file)), which git LFS keeps for \(EscapedText.of(member.path.text)), is damaged",
                hint: "remove it and run 'git lfs fetch'",
                failureClass: .refused
            )
        }
    }

    /// Files of which there are only pointers.
    static func missing(_ paths: [MemberPath]) -> ArchiveError {
        let first = paths.first.map { EscapedText.of($0.text) } ?? ""
        let what =
            paths.count == 1 ? "\(first) is a pointer" : "\(first) and \(paths.count - 1) more files are pointers"
        return ArchiveError(
            .lfsPointer,
            "\(what) of git LFS, and this clone does not have the content",
            hint: "run 'git lfs fetch', or pack pointers as they are with --allow-lfs-pointers",
            failureClass: .refused
        )
    }
}
