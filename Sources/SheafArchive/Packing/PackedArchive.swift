import Glibc
package import SheafModel
import SheafSystem

import struct Crypto.SHA256

/// A finished archive that has no name yet.
package struct PackedArchive: Sendable {
    /// Of the whole archive.
    package let digest: Digest
    /// In bytes.
    package let size: Int64
    private let head: [UInt8]
    private let body: OpenFile

    init(head: [UInt8], body: OpenFile) throws {
        self.head = head
        self.body = body
        var hash = SHA256()
        var size: Int64 = 0
        try Self.forEachPiece(head, body) {
            hash.update(data: $0)
            size += Int64($0.count)
        }
        digest = Digest(hash.finalize())
        self.size = size
    }

    /// Writes the archive to a path: afterwards the path has either all of it, or what it had before.
    ///
    /// - Parameter path: Is replaced when it exists.
    /// - Throws: `ArchiveError` of kind `noSpace` or `cannotWrite`.
    package func write(to path: String) throws {
        // As any program makes its files: readable for all that the umask lets.
        try NewFile.write(to: path, mode: 0o666, isMasked: true, content: forEachPiece)
    }

    /// Keeps the archive durably by its digest.
    ///
    /// - Throws: `ArchiveError` of kind `noSpace` or `cannotWrite`.
    @discardableResult
    package func keep(in store: ContentDirectory) throws -> Digest {
        try store.keep(digest, content: forEachPiece)
        return digest
    }

    private func forEachPiece(_ body: ([UInt8]) throws -> Void) throws {
        try Self.forEachPiece(head, self.body, body)
    }

    private static func forEachPiece(
        _ head: [UInt8],
        _ file: OpenFile,
        _ body: ([UInt8]) throws -> Void
    ) throws {
        try body(head)
        try file.forEachPiece(body)
    }
}
