import CLinux
import Glibc
import SheafSystem

/// What earlier packs left for later ones in Sheaf's home: frames, and what is known of blobs.
///
/// `frames/<key>` holds one frame each, `frames/blobs` the sizes and digests of blobs. All of it can be made again from
/// the sources, so it may be removed at any time, nothing in it is synced, and damage costs only the time that it
/// saved. Any number of processes may use it at once.
package struct PackCache: Sendable {
    /// How much the frames of a home may take before the least recently used are removed.
    package static let standardLimit: Int64 = 4 << 30
    /// How many blobs are known: more than an archive may hold.
    static let mostBlobs = 300_000

    let frames: FrameStore
    let limit: Int64
    private let root: String
    /// The name of the file with what is known of blobs.
    static let blobsName = "blobs"
    private var blobs: String { "\(frames.folder)/\(Self.blobsName)" }

    /// Takes Sheaf's home; nothing is made or read before it is needed.
    ///
    /// - Parameters:
    ///   - root: The home.
    ///   - limit: How many bytes the frames may take.
    package init(root: String, limit: Int64 = PackCache.standardLimit) {
        self.root = root
        self.limit = limit
        frames = FrameStore(folder: "\(root)/frames")
    }

    /// What is known of blobs; nothing when the file is missing or damaged.
    func facts() -> BlobFacts { readFacts() ?? BlobFacts() }

    /// Whether the file with what is known of blobs is there and whole.
    var hasFacts: Bool { readFacts() != nil }

    private func readFacts() -> BlobFacts? {
        // Whatever is wrong, the blobs are read.
        guard let file = try? OpenFile.open(blobs, O_RDONLY | O_NOFOLLOW), let status = try? file.status(),
            FileType(mode: status.st_mode) == .regular, status.st_uid == geteuid(),
            let bytes = try? file.bytes(at: 0, count: Int(status.st_size))
        else { return nil }
        return BlobFacts(bytes)
    }

    /// Forgets what is known of blobs, because it turned out to be wrong.
    func forgetFacts() { unlink(blobs) }

    /// Replaces what is known of blobs.
    ///
    /// Of two processes that do it at once, one loses what it learned, which costs only time.
    ///
    /// - Throws: `SystemError`.
    func keep(_ bytes: [UInt8]) throws(SystemError) {
        let temporary = try TemporaryFile(for: blobs, mode: 0o600)
        try temporary.file.write(bytes)
        try temporary.publish(as: blobs)
    }

    /// Makes the folders; they last, since the home may be among them and is then made here first.
    ///
    /// - Throws: `SystemError`.
    func prepare() throws(SystemError) { try PrivateFolder.make(frames.folder) }

    /// The space that is left on the disk of the home, in bytes; nil when nobody knows.
    var freeSpace: Int64? {
        var status = statvfs()
        guard statvfs(frames.folder, &status) == 0 else { return nil }
        return Int64(clamping: status.f_bavail) &* Int64(clamping: status.f_frsize)
    }

    /// Removes what killed processes left, and what is beyond the limit.
    ///
    /// - Parameter hasGrown: Whether frames were added, so that the limit must be looked at.
    func tidy(hasGrown: Bool) {
        TemporaryFile.sweep(frames.folder)
        if hasGrown { frames.shrink(to: limit) }
    }
}
