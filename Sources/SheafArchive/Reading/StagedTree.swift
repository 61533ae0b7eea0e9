import CLinux
import Glibc
import SheafModel
import SheafSystem

/// A folder of new files that appears under its name once it is whole.
///
/// Until then it lies beside that name, as `.NAME.PID.RANDOM.tmp`; a process that dies leaves at most that.
final class StagedTree {
    private let parent: OpenFile
    private let stagedName: String
    private let root: OpenFile
    private let path: String
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
        let name = slash.map { String(target[target.utf8.index(after: $0)...]) } ?? target
        stagedName = ".\(name).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
        do throws(SystemError) {
            parent = try OpenFile.open(folder, O_RDONLY | O_DIRECTORY)
            guard mkdirat(parent.descriptor, stagedName, 0o777) == 0 else { throw SystemError("make \(target)") }
            do throws(SystemError) {
                root = try DirectoryListing.open(Array(stagedName.utf8), in: parent)
            } catch {
                unlinkat(parent.descriptor, stagedName, AT_REMOVEDIR)
                throw error
            }
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
            guard renameat(parent.descriptor, stagedName, AT_FDCWD, path) == 0 else {
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
