import CLinux
import Glibc
import SheafModel
import SheafSystem

/// A folder that is held open, so that everything below it is reached without its name and without following links.
final class DirectoryAnchor: Sendable {
    let folder: OpenFile
    /// The folder as the user named it.
    var name: String { folder.name }

    /// Opens a folder.
    ///
    /// - Throws: `ArchiveError` of kind `noDirectory` or `unreadable`.
    init(_ path: String) throws {
        do throws(SystemError) {
            folder = try OpenFile.open(path, O_RDONLY | O_DIRECTORY)
        } catch {
            guard error.number == ENOENT || error.number == ENOTDIR else { throw ArchiveError.reading(path, error) }
            throw ArchiveError(
                .noDirectory,
                "\(EscapedText.of(path)) is no directory",
                hint: "name the directory that holds bundle.yaml"
            )
        }
    }

    /// What is at a path, the last part not followed; nil when there is nothing, or a link on the way to it.
    ///
    /// - Throws: `ArchiveError` of kind `unreadable`.
    func status(of path: MemberPath) throws -> stat? {
        do throws(SystemError) {
            return try within(path) { parent, name throws(SystemError) in
                var status = stat()
                guard fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                    throw SystemError("read \(path.text)")
                }
                return status
            }
        } catch  where Self.meansAbsent(error.number) {
            return nil
        } catch {
            throw ArchiveError.reading("\(name)/\(path.text)", error)
        }
    }

    /// Opens a regular file to read.
    ///
    /// - Throws: `ArchiveError` of kind `unreadable` or `fileChanged`.
    func open(_ path: MemberPath) throws -> OpenFile {
        let shown = "\(name)/\(path.text)"
        do {
            let file = try within(path) { parent, name throws(SystemError) in
                let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
                let descriptor = sheaf_openat(parent, name, flags, 0)
                guard descriptor >= 0 else { throw SystemError("open \(path.text)") }
                return OpenFile(adopting: descriptor, name: shown)
            }
            guard try FileType(mode: file.status().st_mode) == .regular else { throw Self.changed(shown) }
            return file
        } catch let error as SystemError {
            throw Self.meansAbsent(error.number) ? Self.changed(shown) : ArchiveError.reading(shown, error)
        }
    }

    /// The target of a symbolic link.
    ///
    /// - Throws: `ArchiveError` of kind `unreadable`, `fileChanged` or `invalidName`.
    func linkTarget(_ path: MemberPath) throws -> String {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try within(path) { parent, name throws(SystemError) in
                var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
                let count = readlinkat(parent, name, &buffer, buffer.count)
                guard count >= 0 else { throw SystemError("read \(path.text)") }
                return buffer[..<count].map { UInt8(bitPattern: $0) }
            }
        } catch {
            throw ArchiveError.reading("\(name)/\(path.text)", error)
        }
        return try SymbolicLink.target(bytes, of: path)
    }

    static func changed(_ path: String) -> ArchiveError {
        ArchiveError(
            .fileChanged,
            "\(EscapedText.of(path)) changed while it was read",
            hint: "try again",
            failureClass: .refused
        )
    }

    private static func meansAbsent(_ number: Int32) -> Bool {
        number == ENOENT || number == ENOTDIR || number == ELOOP
    }

    /// Runs a body with the open folder of a path and the path's last part.
    private func within<Result>(
        _ path: MemberPath,
        _ body: (Int32, String) throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        var parent = folder
        var parts = path.components
        guard let last = parts.popLast() else { throw SystemError("open \(path.text)", number: ENOENT) }
        for part in parts {
            let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
            let descriptor = sheaf_openat(parent.descriptor, part, flags, 0)
            guard descriptor >= 0 else { throw SystemError("open \(part)") }
            parent = OpenFile(adopting: descriptor, name: part)
        }
        let result = try body(parent.descriptor, last)
        withExtendedLifetime(parent) {}
        return result
    }
}
