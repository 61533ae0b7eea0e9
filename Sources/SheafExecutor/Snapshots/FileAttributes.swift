import CLinux
import Glibc
import SheafSystem

/// Gives a copy what is known of the original besides its content: owner, mode, times, extended attributes.
enum FileAttributes {
    /// Copies the attributes from one open file or folder to another.
    ///
    /// - Throws: `SystemError` when the copy would belong to somebody else, or lack what only its owner can give it.
    static func copy(of original: stat, from: Int32, to: Int32, named path: String) throws(SystemError) {
        var copy = stat()
        guard fstat(to, &copy) == 0 else { throw SystemError("look at the copy of \(path)") }
        if copy.st_uid != original.st_uid || copy.st_gid != original.st_gid {
            guard fchown(to, original.st_uid, original.st_gid) == 0 else {
                throw SystemError("keep the owner of \(path)")
            }
        }
        try copyExtended(from: from, to: to, named: path)
        // After the owner, since a new owner clears some bits of the mode.
        guard fchmod(to, original.st_mode & 0o7777) == 0 else { throw SystemError("keep the mode of \(path)") }
        let times = [original.st_atim, original.st_mtim]
        guard futimens(to, times) == 0 else { throw SystemError("keep the times of \(path)") }
    }

    /// The same for what is not opened: links and pipes.
    static func copy(of original: stat, to name: [CChar], in folder: borrowing OpenFolder) throws(SystemError) {
        guard let copy = try folder.status(of: name) else { return }
        if copy.st_uid != original.st_uid || copy.st_gid != original.st_gid {
            guard fchownat(folder.descriptor, name, original.st_uid, original.st_gid, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw SystemError("keep the owner of \(folder.shown(name))")
            }
        }
        // Links have no mode of their own.
        if original.type != S_IFLNK, fchmodat(folder.descriptor, name, original.st_mode & 0o7777, 0) != 0 {
            throw SystemError("keep the mode of \(folder.shown(name))")
        }
        let times = [original.st_atim, original.st_mtim]
        guard utimensat(folder.descriptor, name, times, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SystemError("keep the times of \(folder.shown(name))")
        }
    }

    // MARK: Extended attributes

    private static func copyExtended(from: Int32, to: Int32, named path: String) throws(SystemError) {
        for name in try names(of: from, named: path) {
            guard let value = try value(of: name, of: from, named: path) else { continue }
            if value.withUnsafeBytes({ fsetxattr(to, name, $0.baseAddress, $0.count, 0) }) == 0 { continue }
            // What the system or its administrator gives files is theirs to give the copy.
            guard isOwners(name) else { continue }
            throw SystemError("keep the attribute \(name) of \(path)")
        }
    }

    private static func isOwners(_ name: String) -> Bool {
        name.hasPrefix("user.") || name.hasPrefix("system.posix_acl_")
    }

    private static func names(of descriptor: Int32, named path: String) throws(SystemError) -> [String] {
        let size = flistxattr(descriptor, nil, 0)
        // Not every file system has them.
        guard size > 0 else { return [] }
        var bytes = [CChar](repeating: 0, count: size)
        let count = flistxattr(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw SystemError("read the attributes of \(path)") }
        return bytes.prefix(count).split(separator: 0).map { name in
            String(decoding: name.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    /// The value of an attribute; nil when it is gone.
    private static func value(
        of name: String,
        of descriptor: Int32,
        named path: String
    ) throws(SystemError) -> [UInt8]? {
        // The largest that Linux allows.
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fgetxattr(descriptor, name, &bytes, bytes.count)
        guard count >= 0 else {
            if errno == ENODATA { return nil }
            throw SystemError("read the attribute \(name) of \(path)")
        }
        return Array(bytes.prefix(count))
    }
}
