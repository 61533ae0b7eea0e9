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
        // Signatures go where the archive goes. Those that cannot be read prove nothing: whoever asks for some has been
        // refused before.
        try (try? SignatureFile.read(beside: path))?.write(beside: store.blobPath(digest))
        return digest
    }
}
