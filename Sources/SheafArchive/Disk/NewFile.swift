import CLinux
import Glibc
import SheafSystem

/// Writes large files that are either there whole or not at all; small ones are for `DurableFile`.
package enum NewFile {
    /// Writes a file under a temporary name beside it, syncs it, renames it, and syncs the folder.
    ///
    /// - Parameters:
    ///   - path: Is replaced when it exists. Its folder must exist.
    ///   - mode: The permissions.
    ///   - isMasked: Whether the umask takes permissions away.
    ///   - isSynced: False for files that need not survive a power cut, only a crash of the process.
    ///   - content: Calls its argument with the content in pieces.
    /// - Throws: `ArchiveError` of kind `noSpace` or `cannotWrite`, and what `content` throws. The path is
    ///   untouched then and the temporary file is gone.
    static func write(
        to path: String,
        mode: UInt32,
        isMasked: Bool = false,
        isSynced: Bool = true,
        content: (([UInt8]) throws -> Void) throws -> Void
    ) throws {
        do {
            let temporary = try TemporaryFile(for: path, mode: mode)
            let file = temporary.file
            try content { try file.write($0) }
            if !isMasked, fchmod(file.descriptor, mode) != 0 { throw SystemError("set the mode of \(path)") }
            if isSynced { try file.sync() }
            try temporary.publish(as: path)
            if isSynced { try DurableFile.syncFolder(of: path) }
        } catch let error as SystemError {
            throw ArchiveError.writing(path, error)
        }
    }

    /// Gives a file without a name one, in place of what has it.
    ///
    /// - Returns: False when the file cannot have that name: it lies in another file system, or has or had a name.
    /// - Throws: `ArchiveError` of kind `noSpace` or `cannotWrite`; the path is untouched then.
    static func name(_ file: OpenFile, _ path: String) throws -> Bool {
        // A second name for a file would be the same file, which a change of one changes too.
        guard let links = try? file.status().st_nlink, links == 0 else { return false }
        // So that nobody takes its temporary name for one that was left behind.
        flock(file.descriptor, LOCK_EX | LOCK_NB)
        defer { flock(file.descriptor, LOCK_UN) }
        // A link cannot replace a file, a rename can.
        let temporary = TemporaryFile.name(for: path)
        if sheaf_link_anonymous(file.descriptor, path) == 0 { return true }
        guard sheaf_link_anonymous(file.descriptor, temporary) == 0 else { return false }
        // An exchange where it can be: to rename over a file, ext4 first writes the new one to the disk.
        var status = stat()
        if lstat(path, &status) == 0, FileType(mode: status.st_mode) == .regular,
            sheaf_exchange_names(temporary, path) == 0
        {
            unlink(temporary)
            return true
        }
        guard rename(temporary, path) == 0 else {
            let error = SystemError("write \(path)")
            unlink(temporary)
            throw ArchiveError.writing(path, error)
        }
        return true
    }

    /// Removes what earlier runs left beside a path when they were killed.
    package static func sweep(beside path: String) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
        TemporaryFile.sweep(folder, prefix: name)
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
