import CLinux
import Glibc
import SheafModel
import SheafSystem

/// Compressed frames by their keys, in files: what a pack can take over instead of making it again.
///
/// A file has a head of 128 bytes and then the frame. The head is the mark `sheaf-frame 1`, the key in hex digits, the
/// frame's size, its checksum, and a SHA-256 of all that. A file that is not exactly that is as good as none, so
/// nothing in here needs to be synced, and everything in here may be removed at any time.
struct FrameStore: Sendable {
    /// What a file begins with, before the frame.
    static let headSize: Int64 = 128
    private static let mark = Array("sheaf-frame 1\n\0\0".utf8)

    let folder: String

    /// A file that looks like a frame; its content is not proven yet.
    struct Kept: Sendable {
        let file: OpenFile
        /// Of the frame itself.
        let size: Int64
    }

    /// A file of the store as the system shows it.
    struct Entry: Sendable {
        let name: String
        /// What it takes on the disk.
        let size: Int64
        /// When it was used last, in seconds since 1970.
        let used: Int
    }

    /// Opens a frame.
    ///
    /// - Returns: nil when there is none, or a file that cannot be one: of another size, key or owner.
    func open(_ key: SheafModel.Digest) -> Kept? {
        guard let (kept, status) = look(key) else { return nil }
        Self.touch(kept.file, status)
        return kept
    }

    /// Whether there is a file that looks like a frame; that does not count as a use.
    func isUsable(_ key: SheafModel.Digest) -> Bool { look(key) != nil }

    private func look(_ key: SheafModel.Digest) -> (Kept, stat)? {
        // Whatever is wrong, the frame is made anew.
        guard let file = try? OpenFile.open(path(of: key), O_RDONLY | O_NOFOLLOW), let status = try? file.status(),
            FileType(mode: status.st_mode) == .regular, status.st_uid == geteuid(),
            let head = try? file.bytes(at: 0, count: Int(Self.headSize)), head.count == Self.headSize
        else { return nil }
        let size = Int64(status.st_size) - Self.headSize
        let sum = head.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 88, as: UInt64.self).littleEndian }
        guard size > 0, head.elementsEqual(Self.head(of: key, size: size, sum: sum)) else { return nil }
        return (Kept(file: file, size: size), status)
    }

    /// What is kept under a key, where it is small.
    ///
    /// - Returns: nil when there is nothing, or when it is damaged.
    func content(_ key: SheafModel.Digest) -> [UInt8]? {
        // Whatever is wrong, it is made anew.
        guard let kept = open(key), let bytes = try? kept.file.bytes(at: 0, count: Int(Self.headSize + kept.size)),
            Int64(bytes.count) == Self.headSize + kept.size
        else { return nil }
        let isProven = bytes.withUnsafeBytes { bytes in
            var sum = Checksum()
            sum.add(UnsafeRawBufferPointer(rebasing: bytes[Int(Self.headSize)...]))
            return Self.proves(UnsafeRawBufferPointer(rebasing: bytes[..<Int(Self.headSize)]), of: key, sum)
        }
        return isProven ? Array(bytes[Int(Self.headSize)...]) : nil
    }

    /// Whether a file's bytes are the frame of a key.
    ///
    /// - Parameters:
    ///   - head: The first bytes of the file.
    ///   - key: Under which the file was found.
    ///   - sum: Of the frame.
    /// - Returns: False when anything is different from what was put into the store.
    static func proves(_ head: UnsafeRawBufferPointer, of key: SheafModel.Digest, _ sum: Checksum) -> Bool {
        head.elementsEqual(self.head(of: key, size: sum.count, sum: sum.value))
    }

    /// The head of a file.
    private static func head(of key: SheafModel.Digest, size: Int64, sum: UInt64) -> [UInt8] {
        var bytes = mark + Array(key.hex.utf8)
        withUnsafeBytes(of: size.littleEndian) { bytes += $0 }
        withUnsafeBytes(of: sum.littleEndian) { bytes += $0 }
        var hash = ContentHash()
        hash.add(bytes)
        return bytes + hash.bytes
    }

    /// Keeps what is small and no frame.
    ///
    /// - Throws: `SystemError`.
    func keep(_ bytes: [UInt8], as key: SheafModel.Digest) throws(SystemError) {
        try bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
            try keep(UnsafeRawBufferPointer(bytes), as: key)
        }
    }

    /// Keeps a frame.
    ///
    /// - Throws: `SystemError`.
    func keep(_ frame: UnsafeRawBufferPointer, as key: SheafModel.Digest) throws(SystemError) {
        var sum = Checksum()
        sum.add(frame)
        let new = try newFrame()
        try new.file.write(frame, at: Self.headSize)
        try keep(new, as: key, sum)
    }

    /// Makes a file for a frame, which is to be written behind the head's place.
    ///
    /// - Throws: `SystemError`.
    func newFrame() throws(SystemError) -> TemporaryFile { try TemporaryFile(for: "\(folder)/frame", mode: 0o600) }

    /// Keeps a frame that was written to its file.
    ///
    /// - Throws: `SystemError`.
    func keep(_ new: TemporaryFile, as key: SheafModel.Digest, _ sum: Checksum) throws(SystemError) {
        let head = Self.head(of: key, size: sum.count, sum: sum.value)
        // The file is empty up to the frame, and its position is at the beginning.
        try new.file.write(head)
        try new.publish(as: path(of: key))
    }

    /// Forgets a frame that turned out to be damaged.
    func remove(_ key: SheafModel.Digest) { unlink(path(of: key)) }

    /// Where a frame is or would be.
    func path(of key: SheafModel.Digest) -> String { "\(folder)/\(key.hex)" }

    /// All files with the names of frames.
    ///
    /// - Throws: `SystemError`.
    func entries() throws(SystemError) -> [Entry] {
        let open = try OpenFile.open(folder, O_RDONLY | O_DIRECTORY)
        var entries: [Entry] = []
        for name in try DirectoryListing.names(in: open) where SheafModel.Digest(name.asText) != nil {
            // Another process may have removed it since.
            guard let status = try? DirectoryListing.status(name, in: open) else { continue }
            let size = Int64(status.st_blocks) * 512
            entries.append(Entry(name: name.asText, size: size, used: status.st_mtim.tv_sec))
        }
        return entries
    }

    /// Removes the frames that were not used for longest, until the others fit into a limit.
    func shrink(to limit: Int64) {
        // What cannot be listed cannot be removed either; the next run tries again.
        guard let entries = try? entries() else { return }
        for entry in Self.surplus(of: entries, limit: limit) { unlink("\(folder)/\(entry.name)") }
    }

    /// The frames that were not used for longest, without which the others fit into a limit.
    static func surplus(of entries: [Entry], limit: Int64) -> [Entry] {
        var total = entries.reduce(0) { $0 + $1.size }
        guard total > limit else { return [] }
        var surplus: [Entry] = []
        for entry in entries.sorted(by: { ($0.used, $0.name) < ($1.used, $1.name) }) {
            // A little more than needed, so that not every pack has to.
            if total <= limit / 8 * 7 { break }
            surplus.append(entry)
            total -= entry.size
        }
        return surplus
    }

    /// Notes that a frame was used, to the day.
    private static func touch(_ file: OpenFile, _ status: stat) {
        guard time(nil) - status.st_mtim.tv_sec > 86_400 else { return }
        // In a home that cannot be written, nothing is removed either.
        futimens(file.descriptor, nil)
    }
}
