import Glibc
import SheafModel
import SheafSystem
import Synchronization

/// Puts the frames of an archive together, and digests the whole.
///
/// Two threads read the frames, prove those from the cache and write them to their places, a few frames ahead of the
/// one that only digests: a SHA-256 goes from the first byte to the last. More threads would wait for each other, since
/// a file is written by one at a time.
final class Assembly: Sendable {
    /// A frame in memory, or none when it is too large for that.
    private final class Bytes: @unchecked Sendable {
        // Safe to send: one thread at a time has it, from the making of the frame to its digest.
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(mostHeld + FrameStore.headSize),
            alignment: 16
        )
        var frame = 0..<0

        deinit { memory.deallocate() }
    }

    /// Larger frames are not held in memory, but passed on in pieces.
    private static let mostHeld: Int64 = 4 << 20
    /// How many frames are read before they are digested.
    private static let mostAhead = 6

    private let frames: [PackSession.Frame]
    private let offsets: [Int64]
    private let head: [UInt8]
    private let tail: [UInt8]
    private let session: PackSession
    private let spool: OpenFile?
    private let output: OpenFile
    private let free = Mutex<[Bytes]>([])
    /// Held while the output is written: threads that wait in the kernel for that do so at full speed.
    private let writing = Mutex<Void>(())

    /// Prepares an archive.
    ///
    /// - Parameters:
    ///   - head: The first frame.
    ///   - frames: Those of the files.
    ///   - tail: The last frame.
    ///   - session: Knows where frames are.
    ///   - output: An empty file.
    init(
        head: [UInt8],
        frames: [PackSession.Frame],
        tail: [UInt8],
        session: PackSession,
        output: OpenFile
    ) {
        self.head = head
        self.frames = frames
        self.tail = tail
        self.session = session
        self.output = output
        spool = session.spool
        var offsets = [Int64(head.count)]
        for frame in frames { offsets.append(offsets[offsets.count - 1] + frame.size) }
        self.offsets = offsets
    }

    /// The size of the archive in bytes.
    var size: Int64 { offsets[frames.count] + Int64(tail.count) }

    /// Writes the archive.
    ///
    /// - Throws: `PackSession.Damage`, `ArchiveError` of kind `noSpace`, `cannotWrite` or `unreadable`.
    /// - Returns: The digest of all its bytes.
    func run() throws -> SheafModel.Digest {
        let line = Handover<Bytes?>(count: frames.count, width: Self.mostAhead)
        let work: @Sendable () -> Void = { line.work { try self.load($0) } }
        return try Workers.alongside(work) { _ in
            try Workers.alongside(work) { _ in
                do {
                    return try digest(line)
                } catch {
                    line.fail(error)
                    throw error
                }
            }
        }
    }

    /// Takes all frames in order.
    private func digest(_ line: Handover<Bytes?>) throws -> SheafModel.Digest {
        var hash = ContentHash()
        hash.add(head)
        try head.withUnsafeBytes { try write($0, at: 0) }
        try line.takeAll({ try self.load($0) }) { number, bytes in
            guard let bytes else { return try stream(number) { hash.add($0) } }
            hash.add(UnsafeRawBufferPointer(rebasing: bytes.memory[bytes.frame]))
            free.withLock { $0.append(bytes) }
        }
        hash.add(tail)
        try tail.withUnsafeBytes { try write($0, at: offsets[frames.count]) }
        return hash.digest
    }

    /// Reads a frame, proves it and writes it to its place.
    ///
    /// - Returns: nil for a frame that is too large to be held.
    private func load(_ number: Int) throws -> Bytes? {
        let frame = frames[number]
        guard frame.size <= Self.mostHeld else { return nil }
        let bytes = free.withLock { $0.popLast() } ?? Bytes()
        switch frame.place {
        case .spooled(let offset):
            bytes.frame = 0..<Int(frame.size)
            try fill(bytes, from: spool, at: offset)
        case .kept(let key):
            let kept = try open(key, size: frame.size)
            let start = Int(FrameStore.headSize)
            bytes.frame = 0..<(start + Int(frame.size))
            do {
                try fill(bytes, from: kept.file, at: 0)
            } catch {
                throw PackSession.Damage.frame(key)
            }
            bytes.frame = start..<bytes.frame.upperBound
            var sum = Checksum()
            sum.add(UnsafeRawBufferPointer(rebasing: bytes.memory[bytes.frame]))
            guard FrameStore.proves(UnsafeRawBufferPointer(rebasing: bytes.memory[..<start]), of: key, sum) else {
                throw PackSession.Damage.frame(key)
            }
        }
        try write(UnsafeRawBufferPointer(rebasing: bytes.memory[bytes.frame]), at: offsets[number])
        return bytes
    }

    private func fill(_ bytes: Bytes, from file: OpenFile?, at offset: Int64) throws {
        guard let file else { throw ArchiveError(.internalFailure, "a frame has no file", failureClass: .refused) }
        do throws(SystemError) {
            let part = UnsafeMutableRawBufferPointer(rebasing: bytes.memory[bytes.frame])
            guard try file.read(into: part, at: offset) == part.count else {
                throw SystemError("read \(file.name)", number: EIO)
            }
        } catch {
            throw ArchiveError.reading(file.name, error)
        }
    }

    /// Passes a large frame on in pieces, each digested before the whole is proven: a damaged one ends the pack.
    private func stream(_ number: Int, _ add: (UnsafeRawBufferPointer) -> Void) throws {
        let frame = frames[number]
        let bytes = free.withLock { $0.popLast() } ?? Bytes()
        defer { free.withLock { $0.append(bytes) } }
        var file = spool
        var start: Int64 = 0
        var damage: PackSession.Damage?
        var proof = Checksum()
        switch frame.place {
        case .spooled(let offset): start = offset
        case .kept(let key):
            file = try open(key, size: frame.size).file
            start = FrameStore.headSize
            damage = .frame(key)
        }
        var done: Int64 = 0
        while done < frame.size {
            bytes.frame = 0..<Int(min(frame.size - done, Int64(readingChunk)))
            do {
                try fill(bytes, from: file, at: start + done)
            } catch {
                throw damage ?? error
            }
            let piece = UnsafeRawBufferPointer(rebasing: bytes.memory[bytes.frame])
            proof.add(piece)
            add(piece)
            try write(piece, at: offsets[number] + done)
            done += Int64(piece.count)
        }
        guard let damage, case .kept(let key) = frame.place else { return }
        bytes.frame = 0..<Int(FrameStore.headSize)
        do {
            try fill(bytes, from: file, at: 0)
        } catch {
            throw damage
        }
        guard FrameStore.proves(UnsafeRawBufferPointer(rebasing: bytes.memory[bytes.frame]), of: key, proof) else {
            throw damage
        }
    }

    private func open(_ key: SheafModel.Digest, size: Int64) throws -> FrameStore.Kept {
        guard let kept = session.cache?.frames.open(key), kept.size == size else { throw PackSession.Damage.frame(key) }
        return kept
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
        try writing.withLock { _ in
            try PackSession.writing(output) { () throws(SystemError) in try output.write(bytes, at: offset) }
        }
    }
}
