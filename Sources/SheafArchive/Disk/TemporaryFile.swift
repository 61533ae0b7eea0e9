import CLinux
import Glibc
import SheafSystem

/// A file under a temporary name, which gets its real one when it is whole.
///
/// The name is `NAME.PID.RANDOM.tmp`. The writer holds a lock on the file, which the kernel frees when the process
/// ends, however it ends: so whoever comes later can tell what was left behind from what is being written.
final class TemporaryFile {
    let file: OpenFile
    private let temporary: String
    private var isGone = false

    /// Makes the file.
    ///
    /// - Parameters:
    ///   - path: What its name begins with; the folder must exist.
    ///   - mode: The permissions, less those that the umask takes away.
    /// - Throws: `SystemError`.
    init(for path: String, mode: UInt32) throws(SystemError) {
        while true {
            let temporary = Self.name(for: path)
            let file = try OpenFile.open(temporary, O_RDWR | O_CREAT | O_EXCL, mode: mode)
            // Not every file system has locks; without one nobody else gets one either.
            flock(file.descriptor, LOCK_EX)
            // Somebody may have swept it away before it was locked.
            if try file.status().st_nlink == 0 { continue }
            (self.temporary, self.file) = (temporary, file)
            return
        }
    }

    deinit { if !isGone { unlink(temporary) } }

    /// Gives the file its name, in the same folder; what had it before is replaced.
    ///
    /// - Throws: `SystemError`; the name is untouched then.
    func publish(as path: String) throws(SystemError) {
        try DurableFile.refuseSpecial(path)
        guard rename(temporary, path) == 0 else { throw SystemError("write \(path)") }
        isGone = true
    }

    /// Gives the file its name, in the same folder, unless something has it.
    ///
    /// - Throws: `SystemError`, with `EEXIST` where something is.
    func publishNew(as path: String) throws(SystemError) {
        // Unlike a rename, a link never replaces what somebody else has made meanwhile; the first name goes in the end.
        guard link(temporary, path) == 0 else { throw SystemError("write \(path)") }
    }

    /// A name that nobody else uses.
    static func name(for path: String) -> String { "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp" }

    /// A file that a process left behind when it was killed while it wrote.
    struct Abandoned: Sendable {
        let name: String
        /// What it takes on the disk.
        let size: Int64
    }

    /// Removes what processes left behind that were killed while they wrote.
    ///
    /// - Parameters:
    ///   - folder: Where to look; one that cannot be read is left as it is.
    ///   - prefix: What the names begin with.
    static func sweep(_ folder: String, prefix: String = "") {
        _ = abandoned(folder, prefix: prefix, isRemoving: true)
    }

    /// What processes left behind that were killed while they wrote.
    ///
    /// - Parameters:
    ///   - folder: Where to look; one that cannot be read counts as empty.
    ///   - prefix: What the names begin with.
    ///   - isRemoving: Whether it is removed, while nobody else can take it for his own.
    /// - Returns: What was found, or what was removed.
    static func abandoned(_ folder: String, prefix: String = "", isRemoving: Bool) -> [Abandoned] {
        // Nobody waits for what lies there: it costs space, and the next run tries again.
        guard let open = try? OpenFile.open(folder, O_RDONLY | O_DIRECTORY),
            let names = try? DirectoryListing.names(in: open)
        else { return [] }
        var found: [Abandoned] = []
        for name in names where isTemporary(name, of: prefix) {
            let text = name.asText
            let descriptor = sheaf_openat(open.descriptor, text, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, FileType(mode: status.st_mode) == .regular,
                flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            if isRemoving, unlinkat(open.descriptor, text, 0) != 0 { continue }
            found.append(Abandoned(name: text, size: Int64(status.st_blocks) * 512))
        }
        return found
    }

    /// Whether a name begins with a text and ends in `.PID.RANDOM.tmp`.
    static func isTemporary(_ name: [UInt8], of prefix: String = "") -> Bool {
        guard name.starts(with: prefix.utf8) else { return false }
        let rest = name.dropFirst(prefix.utf8.count)
        let parts = rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[parts.count - 1].elementsEqual("tmp".utf8) else { return false }
        return parts[(parts.count - 3)...(parts.count - 2)].allSatisfy { part in
            !part.isEmpty && part.allSatisfy { (48...57).contains($0) }
        }
    }
}
