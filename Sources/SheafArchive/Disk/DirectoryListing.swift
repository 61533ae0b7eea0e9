import CLinux
import Glibc
import SheafSystem

/// Reads the names in a folder.
enum DirectoryListing {
    /// The names in an open folder, without `.` and `..`, in byte order.
    ///
    /// - Throws: `SystemError`.
    static func names(in folder: OpenFile) throws(SystemError) -> [[UInt8]] {
        // A descriptor of its own: the stream closes it and moves its position.
        let descriptor = sheaf_openat(folder.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemError("read \(folder.name)") }
        guard let stream = fdopendir(descriptor) else {
            let error = SystemError("read \(folder.name)")
            close(descriptor)
            throw error
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) { names.append(name) }
        }
        guard errno == 0 else { throw SystemError("read \(folder.name)") }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Opens a folder in a folder by its raw name, links not followed.
    ///
    /// - Throws: `SystemError`.
    static func open(_ name: [UInt8], in folder: OpenFile) throws(SystemError) -> OpenFile {
        let shown = "\(folder.name)/\(EscapedText.of(name))"
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let descriptor = (name + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { bytes in
                bytes.baseAddress.map { sheaf_openat(folder.descriptor, $0, flags, 0) } ?? -1
            }
        }
        guard descriptor >= 0 else { throw SystemError("open \(shown)") }
        return OpenFile(adopting: descriptor, name: shown)
    }

    /// What a raw name in a folder is, links not followed.
    ///
    /// - Throws: `SystemError`.
    static func status(_ name: [UInt8], in folder: OpenFile) throws(SystemError) -> stat {
        var status = stat()
        let result = (name + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { bytes in
                bytes.baseAddress.map { fstatat(folder.descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) } ?? -1
            }
        }
        guard result == 0 else { throw SystemError("read \(folder.name)/\(EscapedText.of(name))") }
        return status
    }

    /// Removes a folder and everything in it; what cannot be removed is left.
    static func removeTree(_ name: String, in folder: OpenFile) {
        // Not a folder, or one that cannot be opened; cleaning up has no one to tell.
        guard let inner = try? open(Array(name.utf8), in: folder) else {
            unlinkat(folder.descriptor, name, 0)
            return
        }
        // An unreadable folder stays; the caller is already failing for another reason.
        for entry in (try? names(in: inner)) ?? [] {
            removeTree(entry.asText, in: inner)
        }
        unlinkat(folder.descriptor, name, AT_REMOVEDIR)
    }
}
