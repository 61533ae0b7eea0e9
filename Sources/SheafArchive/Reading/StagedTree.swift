import CLinux
import Glibc
import SheafModel
import SheafSystem

/// A folder of new files that appears under its name once it is whole.
///
/// Until then it lies beside that name, as `.sheaf-unpack.PID.RANDOM.tmp`; a process that dies leaves at most that, and
/// the next one that unpacks there removes it. The writer holds a lock on the folder, which the kernel frees when the
/// process ends, however it ends: so what was left behind can be told from what is being written.
final class StagedTree {
    private let parent: OpenFile
    private let stagedName: String
    private let root: OpenFile
    private let path: String
    /// The last part of the path.
    private let name: String
    private var isPublished = false
    /// The folder that was written to last, with its parts: files come in order, so it is mostly the next one's too.
    private var current: (parts: [String], folders: [OpenFile]) = ([], [])

    /// Makes the folder.
    ///
    /// - Parameter path: Where it shall be: absent, or an empty folder.
    /// - Throws: `ArchiveError` of kind `targetNotEmpty`, `targetInUse`, `noSpace` or `cannotWrite`.
    init(at path: String) throws {
        let target = try Self.target(path)
        self.path = target
        let slash = target.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
        name = slash.map { String(target[target.utf8.index(after: $0)...]) } ?? target
        do throws(SystemError) {
            parent = try OpenFile.open(folder, O_RDONLY | O_DIRECTORY)
            Self.sweep(parent)
            (stagedName, root) = try Self.makeLocked(in: parent)
        } catch {
            guard error.number != ENOENT else {
                throw ArchiveError(
                    .cannotWrite,
                    "there is no directory \(EscapedText.of(folder)) to unpack into",
                    hint: "make it first",
                    failureClass: .refused
                )
            }
            throw ArchiveError.writing(target, error)
        }
    }

    private static let prefix = ".sheaf-unpack"

    /// Makes a folder that is locked until it is closed.
    private static func makeLocked(in parent: OpenFile) throws(SystemError) -> (String, OpenFile) {
        while true {
            let name = TemporaryFile.name(for: prefix)
            guard mkdirat(parent.descriptor, name, 0o777) == 0 else { throw SystemError("make \(name)") }
            do throws(SystemError) {
                let folder = try DirectoryListing.open(Array(name.utf8), in: parent)
                // Not every file system has locks; without one nobody else gets one either.
                flock(folder.descriptor, LOCK_EX)
                // Somebody may have swept it away before it was locked.
                let found = try DirectoryListing.status(Array(name.utf8), in: parent)
                if try folder.status().st_ino == found.st_ino { return (name, folder) }
            } catch {
                unlinkat(parent.descriptor, name, AT_REMOVEDIR)
                guard error.number == ENOENT else { throw error }
            }
        }
    }

    /// Removes what processes left behind that were killed while they unpacked.
    private static func sweep(_ parent: OpenFile) {
        // Nobody waits for what lies there: it costs space, and the next run tries again.
        guard let names = try? DirectoryListing.names(in: parent) else { return }
        for name in names where TemporaryFile.isTemporary(name, of: prefix) {
            guard let folder = try? DirectoryListing.open(name, in: parent),
                let status = try? folder.status(), status.st_uid == geteuid(),
                flock(folder.descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            DirectoryListing.removeTree(name.asText, in: parent)
        }
    }

    deinit {
        if !isPublished { DirectoryListing.removeTree(stagedName, in: parent) }
    }

    /// Makes a file, to be written.
    func makeFile(_ path: MemberPath, isExecutable: Bool) throws -> StagedFile {
        let (folder, name) = try place(of: path)
        let shown = "\(self.path)/\(path.text)"
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = sheaf_openat(folder.descriptor, name, flags, isExecutable ? 0o777 : 0o666)
        guard descriptor >= 0 else { throw ArchiveError.writing(shown, SystemError("write \(path.text)")) }
        return StagedFile(file: OpenFile(adopting: descriptor, name: shown))
    }

    /// Makes a symbolic link.
    func addLink(_ path: MemberPath, target: String) throws {
        let (folder, name) = try place(of: path)
        guard symlinkat(target, folder.descriptor, name) == 0 else {
            throw ArchiveError.writing("\(self.path)/\(path.text)", SystemError("link \(path.text)"))
        }
    }

    /// Gives the folder its name.
    func publish() throws {
        do throws(SystemError) {
            guard renameat(parent.descriptor, stagedName, parent.descriptor, name) == 0 else {
                throw SystemError("make \(path)")
            }
            isPublished = true
        } catch {
            switch error.number {
            case ENOTEMPTY, EEXIST: throw Self.notEmpty(path)
            case EBUSY: throw Self.inUse(path)
            default: throw ArchiveError.writing(path, error)
            }
        }
    }

    /// The open folder of a path, made where it is missing, and the path's last part.
    private func place(of path: MemberPath) throws -> (OpenFile, String) {
        var parts = path.components
        let name = parts.popLast() ?? ""
        var common = 0
        while common < min(parts.count, current.parts.count),
            current.parts[common].utf8.elementsEqual(parts[common].utf8)
        {
            common += 1
        }
        current.parts.removeSubrange(common...)
        current.folders.removeSubrange(common...)
        do throws(SystemError) {
            for part in parts[common...] {
                let above = current.folders.last ?? root
                if mkdirat(above.descriptor, part, 0o777) != 0, errno != EEXIST {
                    throw SystemError("make \(part)")
                }
                current.folders.append(try DirectoryListing.open(Array(part.utf8), in: above))
                current.parts.append(part)
            }
        } catch {
            throw ArchiveError.writing("\(self.path)/\(path.text)", error)
        }
        return (current.folders.last ?? root, name)
    }

    /// The place as it can be renamed to.
    private static func target(_ path: String) throws -> String {
        var trimmed = path
        while trimmed.utf8.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        var status = stat()
        guard !trimmed.isEmpty, stat(trimmed, &status) == 0, let real = realpath(trimmed, nil) else {
            // `lstat`, because a link that points nowhere is no free name.
            guard errno == ENOENT, lstat(trimmed, &status) != 0, !trimmed.isEmpty else {
                throw ArchiveError.writing(path, SystemError("make \(path)"))
            }
            return trimmed
        }
        defer { free(real) }
        let resolved = String(cString: real)
        guard FileType(mode: status.st_mode) == .folder else { throw notEmpty(path) }
        do throws(SystemError) {
            guard try DirectoryListing.names(in: OpenFile.open(resolved, O_RDONLY | O_DIRECTORY)).isEmpty else {
                throw SystemError("make \(path)", number: ENOTEMPTY)
            }
        } catch {
            guard error.number == ENOTEMPTY else { throw ArchiveError.reading(path, error) }
            throw notEmpty(path)
        }
        if let current = getcwd(nil, 0) {
            defer { free(current) }
            guard String(cString: current) != resolved else { throw inUse(path) }
        }
        return resolved
    }

    private static func notEmpty(_ path: String) -> ArchiveError {
        ArchiveError(
            .targetNotEmpty,
            "\(EscapedText.of(path)) is there already and not an empty directory",
            hint: "name a directory that does not exist yet",
            failureClass: .refused
        )
    }

    private static func inUse(_ path: String) -> ArchiveError {
        ArchiveError(
            .targetInUse,
            "\(EscapedText.of(path)) is the current directory or a mount point and cannot be replaced",
            hint: "name a directory in it that does not exist yet",
            failureClass: .refused
        )
    }
}

/// A file of a staged tree, written from its beginning to its end.
struct StagedFile {
    let file: OpenFile

    /// Adds content.
    ///
    /// - Throws: `ArchiveError` of kind `noSpace` or `cannotWrite`.
    func write(_ bytes: [UInt8]) throws {
        do throws(SystemError) {
            try file.write(bytes)
        } catch {
            throw ArchiveError.writing(file.name, error)
        }
    }
}
