import CLinux
import Glibc
package import SheafModel
import SheafSystem

/// Copies a folder with all that is in it: files with their holes and hard links, links as links, pipes, and for each its
/// owner, mode, times and extended attributes.
///
/// Every name is looked up in the open folder that it stands in and no link is followed, so nothing in the folder leads
/// the copy out of it. Each file is as it was at one moment: its blocks are shared where the file system can, else it is
/// copied until it did not change meanwhile, or given up as unsettled. What vanishes meanwhile is left out, and so are
/// sockets, which mean nothing without their process. Blocks.
package final class TreeCopy {
    private let limit: Int64?
    private let isCancelled: @Sendable () -> Bool
    private let origin: String
    private let target: String
    private var content = SnapshotContent(method: .reflink, bytes: 0, files: 0)
    /// The device of the folder; nothing of another one is copied.
    private var device: dev_t = 0
    /// Where the copy of a file is that has several names, below the copy.
    private var links: [UInt64: [CChar]] = [:]
    /// What was written so far, shared blocks not counted.
    private var written: Int64 = 0

    /// How often a file is copied that somebody writes meanwhile.
    private static let attempts = 3
    /// What says that blocks cannot be shared between two files.
    private static let cannotClone: Set = [EOPNOTSUPP, ENOTTY, EXDEV, EINVAL, ENOSYS, EPERM]

    private init(from origin: String, to target: String, limit: Int64?, isCancelled: @escaping @Sendable () -> Bool) {
        self.origin = origin
        self.target = target
        self.limit = limit
        self.isCancelled = isCancelled
    }

    /// Copies a folder, and makes the copy durable.
    ///
    /// - Parameters:
    ///   - origin: The path of the folder.
    ///   - target: Where the copy is made; nothing may be there, and the folder above must be.
    ///   - limit: How many bytes may be copied where blocks cannot be shared; nil for as many as there is room for.
    ///   - isCancelled: Is asked again and again; true ends the copy.
    /// - Returns: What was copied.
    /// - Throws: `TreeCopyError`, or `CancellationError`; the part of the copy that was made is left to the caller.
    package static func copy(
        from origin: String,
        to target: String,
        limit: Int64?,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> SnapshotContent {
        let copy = TreeCopy(from: origin, to: target, limit: limit, isCancelled: isCancelled)
        do {
            try copy.run()
        } catch let error as SystemError {
            throw TreeCopyError.system(error)
        }
        return copy.content
    }

    private func run() throws {
        let source = try OpenFolder(origin)
        let status = try source.status()
        device = status.st_dev
        guard mkdir(target, 0o700) == 0 else { throw SystemError("make the folder \(target)") }
        let copy = try OpenFolder(target)
        try copyContent(of: source, to: copy, root: copy.descriptor, below: [])
        try FileAttributes.copy(of: source.status(), from: source.descriptor, to: copy.descriptor, named: origin)
        if sheaf_sync_file_system(copy.descriptor) != 0 || fsync(copy.descriptor) != 0 {
            throw SystemError("sync \(target)")
        }
        // Nothing was shared where there was nothing to share.
        if content.bytes == 0 { content.method = .copy }
    }

    // MARK: Folders

    /// Copies what is in a folder.
    ///
    /// - Parameters:
    ///   - source: The folder.
    ///   - copy: Where it is copied to, empty.
    ///   - root: The copy of the whole.
    ///   - path: Of `copy` below the root, with a slash at its end unless it is empty.
    /// - Throws: As `copy(from:to:limit:isCancelled:)`, and `SystemError`.
    private func copyContent(
        of source: borrowing OpenFolder,
        to copy: borrowing OpenFolder,
        root: Int32,
        below path: [CChar]
    ) throws {
        for name in try source.names() {
            if isCancelled() { throw CancellationError() }
            guard let status = try source.status(of: name) else { continue }
            switch status.type {
            case S_IFDIR: try copyFolder(name, status, in: source, to: copy, root: root, below: path)
            case S_IFREG: try copyFile(name, status, in: source, to: copy, root: root, below: path)
            case S_IFLNK: try copyLink(name, status, in: source, to: copy)
            case S_IFIFO:
                guard mkfifoat(copy.descriptor, name, 0o600) == 0 else {
                    throw SystemError("copy \(source.shown(name))")
                }
                try FileAttributes.copy(of: status, to: name, in: copy)
            case S_IFSOCK: continue
            default: throw TreeCopyError.unusual(path: source.shown(name), what: "a device")
            }
        }
    }

    private func copyFolder(
        _ name: [CChar],
        _ status: stat,
        in source: borrowing OpenFolder,
        to copy: borrowing OpenFolder,
        root: Int32,
        below path: [CChar]
    ) throws {
        guard status.st_dev == device else {
            throw TreeCopyError.unusual(path: source.shown(name), what: "another file system")
        }
        guard let inner = try source.folder(name) else { return }
        guard mkdirat(copy.descriptor, name, 0o700) == 0, let target = try copy.folder(name) else {
            throw SystemError("make the folder \(copy.shown(name))")
        }
        try copyContent(of: inner, to: target, root: root, below: path + name.dropLast() + [Self.slash])
        // As it is now: what was done in it meanwhile has changed its times.
        try FileAttributes.copy(
            of: inner.status(),
            from: inner.descriptor,
            to: target.descriptor,
            named: inner.path
        )
    }

    private static let slash = CChar(bitPattern: UInt8(ascii: "/"))

    private func copyLink(
        _ name: [CChar],
        _ status: stat,
        in source: borrowing OpenFolder,
        to copy: borrowing OpenFolder
    ) throws {
        var text = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let length = readlinkat(source.descriptor, name, &text, text.count - 1)
        guard length >= 0 else {
            if errno == ENOENT { return }
            throw SystemError("read \(source.shown(name))")
        }
        text[length] = 0
        guard symlinkat(text, copy.descriptor, name) == 0 else { throw SystemError("copy \(source.shown(name))") }
        try FileAttributes.copy(of: status, to: name, in: copy)
    }

    // MARK: Files

    private func copyFile(
        _ name: [CChar],
        _ status: stat,
        in source: borrowing OpenFolder,
        to copy: borrowing OpenFolder,
        root: Int32,
        below path: [CChar]
    ) throws {
        if status.st_nlink > 1, let known = links[UInt64(status.st_ino)] {
            guard linkat(root, known, copy.descriptor, name, 0) == 0 else {
                throw SystemError("copy \(source.shown(name))")
            }
            content.files = (content.files ?? 0) + 1
            return
        }
        let from = sheaf_openat(source.descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0)
        guard from >= 0 else {
            if errno == ENOENT { return }
            throw SystemError("read \(source.shown(name))")
        }
        defer { close(from) }
        let to = sheaf_openat(copy.descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard to >= 0 else { throw SystemError("copy \(source.shown(name))") }
        defer { close(to) }
        let copied = try transfer(from, to, named: source.shown(name))
        try FileAttributes.copy(of: copied, from: from, to: to, named: source.shown(name))
        if copied.st_nlink > 1 { links[UInt64(copied.st_ino)] = path + name }
        content.files = (content.files ?? 0) + 1
        content.bytes = (content.bytes ?? 0) + Int64(copied.st_size)
    }

    /// Copies the content of a file.
    ///
    /// - Returns: How the original was when the copy was made.
    private func transfer(_ from: Int32, _ to: Int32, named path: String) throws -> stat {
        var before = try status(of: from, named: path)
        guard before.type == S_IFREG else { throw TreeCopyError.unusual(path: path, what: "no file any more") }
        if content.method == .reflink {
            if sheaf_clone(to, from) == 0 { return try status(of: from, named: path) }
            guard Self.cannotClone.contains(errno) else { throw SystemError("copy \(path)") }
            try requireRoom()
            content.method = .copy
        }
        let bytes = FileContent(source: from, copy: to, path: path) { [self] count in
            written += count
            if let limit, written > limit { throw TreeCopyError.tooLarge(bytes: written, limit: limit) }
            if isCancelled() { throw CancellationError() }
        }
        for _ in 1...Self.attempts {
            try bytes.copy(size: Int64(before.st_size))
            let after = try status(of: from, named: path)
            if Self.isSame(before, after) { return after }
            before = after
        }
        content.unsettled += 1
        return before
    }

    private func status(of descriptor: Int32, named path: String) throws -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError("look at \(path)") }
        return status
    }

    private static func isSame(_ one: stat, _ other: stat) -> Bool {
        one.st_size == other.st_size && one.st_mtim.tv_sec == other.st_mtim.tv_sec
            && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec && one.st_ctim.tv_sec == other.st_ctim.tv_sec
            && one.st_ctim.tv_nsec == other.st_ctim.tv_nsec
    }

    /// Looks before anything is written whether all of it may be copied, and fits.
    private func requireRoom() throws {
        let source = try OpenFolder(origin)
        let size = try TreeSize.measure(source)
        if let limit, size > limit { throw TreeCopyError.tooLarge(bytes: size, limit: limit) }
        var system = statvfs()
        guard statvfs(target, &system) == 0 else { throw SystemError("look at \(target)") }
        let free = Int64(clamping: UInt64(system.f_bavail).multipliedReportingOverflow(by: UInt64(system.f_frsize)).0)
        guard size <= free else { throw TreeCopyError.noRoom(bytes: size, free: free) }
    }
}
