import CLinux
import Glibc
import SheafModel
import SheafSystem

/// Makes members of files on the disk.
struct DiskMembers {
    private let anchor: DirectoryAnchor
    private let options: SourceChoices
    private(set) var largeFiles = LargeFiles()

    /// Takes the bundle's folder.
    init(anchor: DirectoryAnchor, options: SourceChoices) {
        self.anchor = anchor
        self.options = options
    }

    /// Makes the member of one file.
    ///
    /// - Parameters:
    ///   - path: From the bundle's directory.
    ///   - status: What the disk says of it.
    ///   - isExecutable: For a file; the disk need not know.
    ///   - isLarge: Whether attributes say that git LFS has the content.
    ///   - store: Where git LFS keeps files; nil without a repository.
    /// - Throws: `ArchiveError` of kind `specialFile`, `unreadable`, `fileChanged` or `invalidName`.
    /// - Returns: The member; for a pointer of git LFS, of what it stands for.
    mutating func member(
        _ path: MemberPath,
        _ status: stat,
        isExecutable: Bool,
        isLarge: Bool,
        store: LargeFileStore?
    ) throws -> SourceMember {
        switch FileType(mode: status.st_mode) {
        case .regular:
            let kind = SourceMember.Kind.file(isExecutable: isExecutable), size = Int64(status.st_size)
            if LargeFilePointer.mayBe(size: size, isLarge: isLarge),
                let pointer = LargeFilePointer(try content(of: path)),
                let member = largeFiles.member(path, kind, pointer: pointer, in: store, options: options)
            {
                return member
            }
            return SourceMember(path: path, kind: kind, size: size, origin: .disk)
        case .link:
            return SourceMember(path: path, kind: .link(target: try anchor.linkTarget(path)), size: 0, origin: .disk)
        case .folder:
            // Git reports a folder only where it could not look into it.
            throw ArchiveError.reading("\(anchor.name)/\(path.text)", SystemError("read", number: EACCES))
        default:
            throw ArchiveError(
                .specialFile,
                "\(EscapedText.of(path.text)) is a device, a pipe or a socket",
                hint: "remove it, or name it in .sheafignore"
            )
        }
    }

    /// Makes the link that a plain file stands for, where the file system has no links.
    func link(_ path: MemberPath) throws -> SourceMember {
        let target = try SymbolicLink.target(try content(of: path), of: path)
        return SourceMember(path: path, kind: .link(target: target), size: 0, origin: .disk)
    }

    private func content(of path: MemberPath) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try anchor.open(path).forEachPiece { bytes += $0 }
        return bytes
    }
}
