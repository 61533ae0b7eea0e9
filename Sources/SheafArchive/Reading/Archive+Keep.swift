package import SheafModel

import struct Crypto.SHA256

extension Archive {
    /// Keeps a copy of the archive durably by its digest, from the very bytes that were opened.
    ///
    /// - Throws: `ArchiveError` of kind `unreadable`, `fileChanged`, `noSpace` or `cannotWrite`.
    /// - Returns: The archive's digest.
    @discardableResult
    package func keep(in store: ContentDirectory) throws -> SheafModel.Digest {
        try store.keep(digest) { write in
            var hash = SHA256()
            try file.forEachPiece {
                hash.update(data: $0)
                try write($0)
            }
            guard Digest(hash.finalize()) == digest else { throw DirectoryAnchor.changed(path) }
        }
        return digest
    }
}
