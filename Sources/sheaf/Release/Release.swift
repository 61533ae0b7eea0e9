import SheafArchive
import SheafEngine
import SheafModel
import SheafStore
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
    /// What has sealed its secrets; nil when it has none.
    let seal: Seal?

    /// The key that has sealed the secrets of a release.
    struct Seal {
        let keys: StoreKeys
        let keyID: String
    }

    /// Keeps everything durably; the archive last, so that a release that has one is complete.
    ///
    /// - Throws: `ArchiveError`; `StoreError` when the key was exchanged since the secrets were sealed.
    /// - Returns: What keeps it from being taken for garbage until a revision names it.
    func keep(in store: ContentDirectory) throws -> FileLock {
        let hold = try store.hold()
        // From here on nobody exchanges the key; before that somebody may have.
        if let seal { try seal.keys.requireSealing(with: seal.keyID) }
        for bytes in attachments { try store.keep(bytes) }
        try store.keep(resolved)
        switch archive {
        case .packed(let archive): try archive.keep(in: store)
        case .opened(let archive): try archive.keep(in: store)
        }
        return hold
    }
}
