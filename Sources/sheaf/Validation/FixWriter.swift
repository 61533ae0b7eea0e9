import CLinux
import FoundationEssentials
import Glibc
package import SheafModel
import SheafSystem

/// Puts the fixed text of a file in the place of the old one.
package enum FixWriter {
    /// Replaces a file's content atomically; its mode and owner stay, and of a link the file that it points to changes.
    ///
    /// - Parameters:
    ///   - path: As it is shown in diagnostics, relative to the working directory.
    ///   - original: What the fixes were made for.
    ///   - fixed: The new content.
    /// - Throws: `FixError` when the file has changed meanwhile, is read-only, or cannot be written; it is as it was then.
    package static func write(_ path: String, from original: [UInt8], to fixed: [UInt8]) throws(FixError) {
        let absolute = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
        let target = RealPath.of(absolute)
        var status = stat()
        guard stat(target, &status) == 0 else { throw .changed(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .noFile(path) }
        // Root may write anything, but who took away the permission to write meant it.
        guard status.st_mode & 0o222 != 0, access(target, W_OK) == 0 else { throw .readOnly(path) }
        guard isUnchanged(target, original) else { throw .changed(path) }
        do throws(SystemError) {
            let isMine = status.st_uid == geteuid() && status.st_gid == getegid()
            try DurableFile.write(
                fixed,
                to: target,
                mode: status.st_mode & 0o7777,
                owner: isMine ? nil : (status.st_uid, status.st_gid)
            )
        } catch {
            throw .cannotWrite(path, error)
        }
    }

    private static func isUnchanged(_ path: String, _ original: [UInt8]) -> Bool {
        // What cannot be read any more is not what was validated.
        (try? WholeFile.read(path, limit: original.count)) == original
    }
}

/// Why a file was not fixed.
package struct FixError: SheafError {
    package let code: String
    package let message: String
    package let hint: String?
    package var failureClass: FailureClass { .refused }

    static func changed(_ path: String) -> FixError {
        FixError(
            code: "fix.changed",
            message: "'\(path)' was changed while it was being validated, so it was not fixed",
            hint: "run the command again"
        )
    }

    static func readOnly(_ path: String) -> FixError {
        FixError(
            code: "fix.read-only",
            message: "'\(path)' is read-only, so it was not fixed",
            hint: "make it writable with 'chmod u+w \(path)', or see the edits with --fix --dry-run"
        )
    }

    static func noFile(_ path: String) -> FixError {
        FixError(
            code: "fix.no-file",
            message: "'\(path)' is no regular file, so it cannot be fixed in its place",
            hint: "give the text on standard input: 'sheaf validate - --fix' writes the fixed text"
        )
    }

    static func cannotWrite(_ path: String, _ cause: SystemError) -> FixError {
        FixError(
            code: "fix.cannot-write",
            message: "'\(path)' could not be fixed: \(cause.reason)",
            hint: "check the permissions of its directory and the room on its disk"
        )
    }
}
