import Glibc
import SheafModel
import SheafSystem
import Synchronization

/// What the threads of one pack share: the cache with what is known already, and the places for new frames.
final class PackSession: Sendable {
    /// Where the bytes of a frame are.
    enum Place: Sendable {
        case kept(SheafModel.Digest)
        /// In the spool, from this offset on.
        case spooled(Int64)
    }

    /// A frame that has its bytes somewhere, and what is in it.
    struct Frame: Sendable {
        let place: Place
        /// In bytes.
        let size: Int64
        /// Of the content of each member; nil for a link.
        let digests: [SheafModel.Digest?]
    }

    /// The cache turned out to hold something else than was put into it.
    enum Damage: Error {
        case frame(SheafModel.Digest)
        case facts
    }

    private struct State {
        var spool: OpenFile?
        var spooled: Int64 = 0
        /// Why nothing is kept any more.
        var trouble: SystemError?
        /// How many bytes may still be kept.
        var allowance: Int64
        var hasKept = false
        var learned: [BlobFacts.Fact] = []
    }

    let cache: PackCache?
    /// Whether the digests of blobs count that an earlier pack kept.
    let trustsFacts: Bool
    private let scratch: String
    private let state: Mutex<State>

    /// Looks into the cache.
    ///
    /// - Parameters:
    ///   - cache: nil to make everything anew and keep nothing.
    ///   - trustsFacts: False to read all blobs.
    ///   - scratch: The folder for what cannot be kept.
    ///   - content: How many bytes will be packed: where the disk of the cache has no room for twice as much, nothing is
    ///     kept, so that the archive itself finds room.
    init(cache: PackCache?, trustsFacts: Bool, scratch: String, content: Int64) {
        self.cache = cache
        self.trustsFacts = trustsFacts
        self.scratch = scratch
        var state = State(allowance: 0)
        if let cache {
            do throws(SystemError) {
                try cache.prepare()
                if let free = cache.freeSpace, free < 2 * content {
                    throw SystemError("write \(cache.frames.folder)", number: ENOSPC)
                }
                state.allowance = cache.limit
            } catch {
                state.trouble = error
            }
        }
        self.state = Mutex(state)
    }

    /// Why frames could not be kept for the next pack; nil when they were.
    var trouble: SystemError? { state.withLock { $0.trouble } }

    /// Whether a frame of this size may be kept.
    func mayKeep(_ size: Int64) -> Bool {
        state.withLock { cache != nil && $0.trouble == nil && $0.allowance >= size }
    }

    /// Puts a frame where it can be read again.
    ///
    /// - Throws: `ArchiveError` of kind `noSpace` or `cannotWrite` when there is no such place.
    func put(_ frame: UnsafeRawBufferPointer, as key: SheafModel.Digest) throws -> Place {
        let size = Int64(frame.count)
        if let cache, mayKeep(size) {
            do throws(SystemError) {
                try cache.frames.keep(frame, as: key)
                noteKept(size)
                return .kept(key)
            } catch {
                give(up: error)
            }
        }
        let (file, offset) = try reserve(size)
        try Self.writing(file) { () throws(SystemError) in try file.write(frame, at: offset) }
        return .spooled(offset)
    }

    /// Notes that a frame was kept.
    func noteKept(_ size: Int64) {
        state.withLock {
            $0.allowance -= size
            $0.hasKept = true
        }
    }

    /// Keeps nothing more, because the cache cannot be written.
    func give(up error: SystemError) { state.withLock { $0.trouble = $0.trouble ?? error } }

    /// A place for a frame that comes in pieces.
    ///
    /// - Parameter bound: The most bytes that it can have.
    /// - Throws: `ArchiveError` of kind `noSpace` or `cannotWrite`.
    /// - Returns: In the cache where that can be, else in the spool.
    func makeSink(upTo bound: Int64) throws -> FrameSink {
        if let cache, mayKeep(bound) {
            do throws(SystemError) {
                return FrameSink(try cache.frames.newFrame(), self)
            } catch {
                give(up: error)
            }
        }
        let (file, offset) = try reserve(bound)
        return FrameSink(file, from: offset)
    }

    /// Takes a piece of the spool, which is a hole as long as nothing is written there.
    private func reserve(_ size: Int64) throws -> (OpenFile, Int64) {
        try state.withLock { state in
            let file = try state.spool ?? Self.anonymous(in: scratch)
            state.spool = file
            defer { state.spooled += size }
            return (file, state.spooled)
        }
    }

    /// The file with the frames that could not be kept.
    var spool: OpenFile? { state.withLock { $0.spool } }

    /// Notes what blobs are.
    func learn(_ facts: [BlobFacts.Fact]) { state.withLock { $0.learned += facts } }

    /// Leaves what was learned to later packs, and removes what they do not need.
    ///
    /// - Parameter members: All that were packed.
    func finish(_ members: [SourceMember]) {
        guard let cache else { return }
        let (learned, hasKept, trouble) = state.withLock { ($0.learned, $0.hasKept, $0.trouble) }
        guard trouble == nil else { return }
        cache.tidy(hasGrown: hasKept)
        guard !learned.isEmpty else { return }
        let used = Set(
            members.compactMap { member in
                if case .object(let id, _) = member.origin { id } else { nil }
            }
        )
        let day = UInt32(clamping: time(nil) / 86_400)
        do throws(SystemError) {
            try cache.keep(cache.facts().adding(learned, used: used, day: day, limit: PackCache.mostBlobs))
        } catch {
            give(up: error)
        }
    }

    /// A file without a name.
    ///
    /// - Throws: `ArchiveError` of kind `noSpace` or `cannotWrite`.
    static func anonymous(in folder: String) throws -> OpenFile {
        do throws(SystemError) {
            return try OpenFile.anonymous(in: folder)
        } catch {
            throw ArchiveError.writing(folder, error)
        }
    }

    /// Turns a refusal of the system into one of the archive.
    static func writing<Result>(
        _ file: OpenFile,
        _ body: () throws(SystemError) -> Result
    ) throws -> Result {
        do throws(SystemError) {
            return try body()
        } catch {
            throw ArchiveError.writing(file.name, error)
        }
    }
}
