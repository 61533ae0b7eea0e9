import CLinux
import Glibc
import SheafSystem

/// A folder that is open, so that what is done in it is done in this very folder whatever happens to its path.
///
/// Names are bytes with a NUL at the end, since workloads may use names that are no UTF-8.
struct OpenFolder: ~Copyable {
    let descriptor: Int32
    /// For people.
    let path: String

    /// Opens a folder by its path.
    ///
    /// - Throws: `SystemError`, with `ENOTDIR` for a link.
    init(_ path: String) throws(SystemError) {
        let descriptor = sheaf_open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemError("read \(path)") }
        self.descriptor = descriptor
        self.path = path
    }

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// A folder in this one; nil when it is gone.
    func folder(_ name: [CChar]) throws(SystemError) -> OpenFolder? {
        let inner = sheaf_openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard inner >= 0 else {
            if errno == ENOENT { return nil }
            throw SystemError("read \(shown(name))")
        }
        return OpenFolder(descriptor: inner, path: shown(name))
    }

    /// What is in the folder, in no order.
    func names() throws(SystemError) -> [[CChar]] {
        // The stream closes its descriptor, so it gets one of its own, with an offset of its own.
        let own = sheaf_openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard own >= 0 else { throw SystemError("read \(path)") }
        guard let stream = fdopendir(own) else {
            let number = errno
            close(own)
            throw SystemError("read \(path)", number: number)
        }
        defer { closedir(stream) }
        return FileTree.names(in: stream)
    }

    /// What a name stands for, links not followed; nil when it is gone.
    func status(of name: [CChar]) throws(SystemError) -> stat? {
        var status = stat()
        if fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
        if errno == ENOENT { return nil }
        throw SystemError("look at \(shown(name))")
    }

    /// The folder itself.
    func status() throws(SystemError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError("look at \(path)") }
        return status
    }

    /// The path of a name in the folder, for people.
    func shown(_ name: [CChar]) -> String {
        "\(path)/\(String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))"
    }
}

extension stat {
    /// The bits that say what it is, such as `S_IFREG`.
    var type: UInt32 { st_mode & S_IFMT }

    /// What a copy without holes and shared blocks has to write.
    var writtenBytes: Int64 {
        let allocated = Int64(st_blocks) * 512
        return allocated > 0 ? min(Int64(st_size), allocated) : Int64(st_size)
    }
}
