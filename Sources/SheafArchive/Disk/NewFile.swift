import CLinux
import Glibc
import SheafSystem

/// Writes large files that are either there whole or not at all; small ones are for `DurableFile`.
enum NewFile {
    /// Writes a file under a temporary name beside it, syncs it, renames it, and syncs the folder.
    ///
    /// - Parameters:
    ///   - path: Is replaced when it exists. Its folder must exist.
    ///   - mode: The permissions.
    ///   - isMasked: Whether the umask takes permissions away.
    ///   - content: Calls its argument with the content in pieces.
    /// - Throws: `ArchiveError` of kind `noSpace` or `cannotWrite`, and what `content` throws. The path is
    ///   untouched then and the temporary file is gone.
    static func write(
        to path: String,
        mode: UInt32,
        isMasked: Bool = false,
        content: (([UInt8]) throws -> Void) throws -> Void
    ) throws {
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
        do {
            let file = try OpenFile.open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            do {
                try content { try file.write($0) }
                if !isMasked, fchmod(file.descriptor, mode) != 0 { throw SystemError("set the mode of \(path)") }
                try file.sync()
                guard rename(temporary, path) == 0 else { throw SystemError("write \(path)") }
            } catch {
                unlink(temporary)
                throw error
            }
            try DurableFile.syncFolder(of: path)
        } catch let error as SystemError {
            throw ArchiveError.writing(path, error)
        }
    }
}

extension OpenFile {
    /// Reads the file from its beginning to its end.
    ///
    /// - Throws: `ArchiveError` of kind `unreadable`, and what the body throws.
    func forEachPiece(_ body: ([UInt8]) throws -> Void) throws {
        var offset: Int64 = 0
        while true {
            let piece: [UInt8]
            do throws(SystemError) {
                piece = try bytes(at: offset, count: readingChunk)
            } catch {
                throw ArchiveError.reading(name, error)
            }
            if piece.isEmpty { return }
            try body(piece)
            offset += Int64(piece.count)
        }
    }
}
