import SheafArchive
import SheafEngine
import SheafModel
import SheafSystem

/// Everything that applying a bundle needs to keep: the archive, the resolved bundle, the files of resources.
struct Release {
    enum ArchiveFile {
        case opened(Archive)
        case packed(PackedArchive)

        var digest: Digest {
            switch self {
            case .opened(let archive): archive.digest
            case .packed(let archive): archive.digest
            }
        }
    }

    var target: Target
    let archive: ArchiveFile
    let resolved: [UInt8]
    let attachments: [[UInt8]]

    /// Keeps everything durably; the archive last, so that a release that has one is complete.
    ///
    /// - Throws: `ArchiveError`.
    /// - Returns: What keeps it from being taken for garbage until a revision names it.
    func keep(in store: ContentDirectory) throws -> FileLock {
        let hold = try store.hold()
        for bytes in attachments { try store.keep(bytes) }
        try store.keep(resolved)
        switch archive {
        case .packed(let archive): try archive.keep(in: store)
        case .opened(let archive): try archive.keep(in: store)
        }
        return hold
    }
}
