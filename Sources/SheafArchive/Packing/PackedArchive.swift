import Glibc
package import SheafModel
import SheafSystem

/// A finished archive that has no name yet.
package struct PackedArchive: Sendable {
    /// Of the whole archive.
    package let digest: Digest
    /// In bytes.
    package let size: Int64
    /// Why the next pack will not be quicker than this one, in words; nil when it will.
    package let cacheTrouble: String?
    private let file: OpenFile

    init(_ file: OpenFile, digest: Digest, size: Int64, cacheTrouble: String?) {
        self.file = file
        self.digest = digest
        self.size = size
        self.cacheTrouble = cacheTrouble
    }

    /// Writes the archive to a path: afterwards the path has either all of it, or what it had before.
    ///
    /// That holds for every process that looks, and when this one is killed. It is not synced, as with any program's
    /// output: after a power cut within seconds the file may be empty, which `sheaf verify` tells.
    ///
    /// - Parameter path: Is replaced when it exists.
    /// - Throws: `ArchiveError` of kind `noSpace` or `cannotWrite`.
    package func write(to path: String) throws {
        NewFile.sweep(beside: path)
        if try NewFile.name(file, path) { return }
        // As any program makes its files: readable for all that the umask lets.
        try NewFile.write(to: path, mode: 0o666, isMasked: true, isSynced: false, content: file.forEachPiece)
    }

    /// Keeps the archive durably by its digest.
    ///
    /// - Throws: `ArchiveError` of kind `noSpace` or `cannotWrite`.
    @discardableResult
    package func keep(in store: ContentDirectory) throws -> Digest {
        try store.keep(digest, content: file.forEachPiece)
        return digest
    }
}
