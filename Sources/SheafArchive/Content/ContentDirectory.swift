import CLinux
import Glibc
package import SheafModel
import SheafSystem

import struct Crypto.SHA256

/// Content by digest in files: `blobs/sha256/<hex>` below Sheaf's home, the layout of OCI.
///
/// A blob is written under a temporary name that ends in `.tmp`, synced, and renamed, so a name never stands for half a
/// blob. Whoever reads one gets bytes that have the digest, or an error. Blobs are never changed; two processes may
/// keep the same one at the same time.
///
/// What nothing names is removed by a `GarbageCollector`: who keeps content that must stay has a `hold()` meanwhile.
package struct ContentDirectory: ContentStore {
    let root: String
    var folder: String { "\(root)/blobs/sha256" }

    /// Takes Sheaf's home; nothing is made or read before it is needed.
    package init(root: String) { self.root = root }

    /// Where a blob is, or nil when it is not kept.
    package func path(of digest: Digest) -> String? {
        let path = blobPath(digest)
        var status = stat()
        return lstat(path, &status) == 0 && FileType(mode: status.st_mode) == .regular ? path : nil
    }

    package func holds(_ digest: Digest) -> Bool { path(of: digest) != nil }

    package func content(_ digest: Digest) throws -> [UInt8] {
        let path = blobPath(digest)
        let file: OpenFile
        do throws(SystemError) {
            file = try OpenFile.open(path, O_RDONLY | O_NOFOLLOW)
        } catch  where error.number == ENOENT {
            throw ArchiveError(
                .contentMissing,
                "the content \(digest) is not in \(EscapedText.of(root))",
                hint: "pack or pull the bundle again",
                failureClass: .refused
            )
        } catch {
            throw ArchiveError.reading(path, error)
        }
        var bytes: [UInt8] = []
        try file.forEachPiece { bytes += $0 }
        guard Digest(of: bytes) == digest else {
            throw ArchiveError(
                .contentDamaged,
                "\(EscapedText.of(path)) is damaged: its content has another digest",
                hint: "pack or pull the bundle again: that replaces it",
                failureClass: .refused
            )
        }
        return bytes
    }

    @discardableResult
    package func keep(_ bytes: [UInt8]) throws -> Digest {
        let digest = Digest(of: bytes)
        try keep(digest) { try $0(bytes) }
        return digest
    }

    /// Keeps content whose digest is known already.
    ///
    /// - Parameters:
    ///   - digest: Of the content.
    ///   - content: Calls its argument with the content in pieces.
    /// - Throws: `ArchiveError` of kind `unreadable`, `noSpace` or `cannotWrite`.
    func keep(_ digest: Digest, content: (([UInt8]) throws -> Void) throws -> Void) throws {
        guard try !isKept(digest) else { return try syncNames() }
        try makeFolders()
        try NewFile.write(to: blobPath(digest), mode: 0o600, content: content)
    }

    /// Whether the blob is there and undamaged; a damaged one is to be replaced.
    private func isKept(_ digest: Digest) throws -> Bool {
        let path = blobPath(digest)
        let file: OpenFile
        do throws(SystemError) {
            file = try OpenFile.open(path, O_RDONLY | O_NOFOLLOW)
        } catch  where error.number == ENOENT || error.number == ENOTDIR {
            return false
        } catch {
            throw ArchiveError.reading(path, error)
        }
        return try Self.digest(of: file) == digest
    }

    /// Makes a name durable that another process may have given just before it died.
    private func syncNames() throws {
        do throws(SystemError) {
            try DurableFile.syncFolder(of: "\(folder)/")
        } catch {
            throw ArchiveError.writing(folder, error)
        }
    }

    /// Makes what is missing of the way to the blobs, and makes the new names durable.
    func makeFolders() throws {
        do {
            var path = folder.utf8.first == UInt8(ascii: "/") ? "/" : ""
            for part in folder.utf8.split(separator: UInt8(ascii: "/")) {
                path += path.isEmpty || path == "/" ? "\(Substring(part))" : "/\(Substring(part))"
                if mkdir(path, 0o700) == 0 {
                    try DurableFile.syncFolder(of: path)
                } else if errno != EEXIST {
                    throw SystemError("make \(path)")
                }
            }
        } catch let error as SystemError {
            throw ArchiveError.writing(folder, error)
        }
    }

    func blobPath(_ digest: Digest) -> String { "\(folder)/\(digest.hex)" }

    private static func digest(of file: OpenFile) throws -> Digest {
        var hash = SHA256()
        try file.forEachPiece { hash.update(data: $0) }
        return Digest(hash.finalize())
    }
}
