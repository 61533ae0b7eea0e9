import CLinux
import Glibc
import SheafModel
import SheafSystem

/// What lies in the folders of the content store.
struct ContentListing: Sendable {
    /// A file with the name of a blob; whether its content is right was not looked at.
    struct Blob: Sendable {
        let digest: SheafModel.Digest
        /// What it takes on the disk.
        let size: Int64
    }

    /// By digest.
    var blobs: [Blob] = []
    /// Paths below the home of what no version of Sheaf put there, as far as this one knows.
    var foreign: [String] = []
}

extension ContentDirectory {
    /// Whether anything was ever kept.
    var isThere: Bool { access("\(root)/blobs", F_OK) == 0 || errno != ENOENT }

    /// Lists the store; temporary files are left out.
    ///
    /// - Throws: `ArchiveError` of kind `unreadable`.
    func listing() throws -> ContentListing {
        var listing = ContentListing()
        do throws(SystemError) {
            let outer = try OpenFile.open("\(root)/blobs", O_RDONLY | O_DIRECTORY)
            for name in try DirectoryListing.names(in: outer).map(\.asText) where !["sha256", "lock"].contains(name) {
                listing.foreign.append("blobs/\(name)")
            }
            // Whoever made the outer folder may have been killed before it made the inner one.
            guard access(folder, F_OK) == 0 || errno != ENOENT else { return listing }
            let inner = try OpenFile.open(folder, O_RDONLY | O_DIRECTORY)
            for name in try DirectoryListing.names(in: inner) where !TemporaryFile.isTemporary(name) {
                let status = try DirectoryListing.status(name, in: inner)
                let text = name.asText
                // It belongs to the archive that it signs, and goes with it.
                if let signed = Self.signedBlob(text), path(of: signed) != nil { continue }
                if let digest = SheafModel.Digest(text), digest.hex == text,
                    FileType(mode: status.st_mode) == .regular
                {
                    listing.blobs.append(ContentListing.Blob(digest: digest, size: Int64(status.st_blocks) * 512))
                } else {
                    listing.foreign.append("blobs/sha256/\(text)")
                }
            }
        } catch {
            throw ArchiveError.reading("\(root)/blobs", error)
        }
        return listing
    }

    /// The archive whose signatures a file has by its name.
    private static func signedBlob(_ name: String) -> SheafModel.Digest? {
        guard name.hasSuffix(SignatureFile.suffix) else { return nil }
        let hex = String(name.dropLast(SignatureFile.suffix.count))
        return SheafModel.Digest(hex).flatMap { $0.hex == hex ? $0 : nil }
    }

    /// Removes a blob and its signatures; who has it open goes on reading it.
    ///
    /// - Throws: `ArchiveError` of kind `cannotWrite`.
    func remove(_ digest: SheafModel.Digest) throws {
        // The signatures first: without the blob nobody would know whose they are.
        for path in [SignatureFile.path(beside: blobPath(digest)), blobPath(digest)] {
            guard unlink(path) == 0 || errno == ENOENT else {
                throw ArchiveError.writing(path, SystemError("remove"))
            }
        }
    }
}
