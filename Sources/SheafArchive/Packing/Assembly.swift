import Glibc
import SheafModel
import SheafSystem
import Synchronization

/// Puts the frames of an archive together, and digests the whole.
///
/// Some threads make what is missing, others read the frames, prove those from the cache and write them to their places, a few
/// frames ahead of the one that only digests: a SHA-256 goes from the first byte to the last. Where the digest is known
/// already, the frames are only proven and copied.
final class Assembly: Sendable {
    /// A frame in memory, or none when it is too large for that.
    private final class Bytes: @unchecked Sendable {
        // Safe to send: one thread at a time has it, from the making of the frame to its digest.
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(mostHeld + FrameStore.headSize),
            alignment: 16
        )
        var frame = 0..<0
        var isWritten = false

        deinit { memory.deallocate() }
    }

    /// Larger frames are not held in memory, but passed on in pieces.
    private static let mostHeld: Int64 = 4 << 20
    /// How many frames are read before they are digested.
    private static let mostAhead = 6
    /// What fits into a processor's own memory, so that a piece is copied and proven there.
    private static let copiedChunk: Int64 = 256 << 10

    private let session: PackSession
    private let output: OpenFile
    private let missing: [Int: Lazily<PackSession.Frame>]
    private let places: Mutex<FramePlaces>
    private let count: Int
    private let free = Mutex<[Bytes]>([])
    /// Held while the output is written: threads that wait in the kernel for that do so at full speed.
    private let writing = Mutex<Void>(())

    /// Prepares an archive.
    ///
    /// - Parameters:
    ///   - frames: Those of the files; nil for one that is to be made.
    ///   - session: Knows where frames are.
    ///   - output: An empty file.
    ///   - make: Makes a frame, on any thread.
    init(
        frames: [PackSession.Frame?],
        session: PackSession,
        output: OpenFile,
        make: @escaping @Sendable (Int) throws -> PackSession.Frame
    ) {
        self.session = session
        self.output = output
        missing = Dictionary(
            uniqueKeysWithValues: frames.indices.filter { frames[$0] == nil }
                .map { number in (number, Lazily { try make(number) }) }
        )
        count = frames.count
        places = Mutex(FramePlaces(frames))
    }

    /// The frames of the files, once all are made; nil before.
    var frames: [PackSession.Frame]? { places.withLock { $0.all } }

    /// Writes the archive and digests it.
    ///
    /// - Parameters:
    ///   - threads: How many make and read frames beside this one, which digests. Missing frames are made as soon as
    ///     possible, since they can wait in files; those that are read into memory are few.
    ///   - tail: The last frame.
    ///   - head: Makes the first frame, while the others are made.
    /// - Throws: `PackSession.Damage`, what making a frame throws, `ArchiveError` of kind `noSpace`, `cannotWrite` or
    ///   `unreadable`.
    /// - Returns: The digest of all bytes, and how many there are.
    func run(
        threads: Int,
        tail: [UInt8],
        head: @escaping @Sendable () throws -> [UInt8]
    ) throws -> (digest: SheafModel.Digest, size: Int64) {
        let line = Handover<Bytes?>(count: count, width: Self.mostAhead + threads)
        let result = Mutex<Result<(digest: SheafModel.Digest, size: Int64), any Error>?>(nil)
        let queue = missing.keys.sorted()
        let next = Atomic(0)
        Workers.run(1 + threads + (queue.isEmpty ? 0 : 1)) { number in
            guard number == 0 else {
                if number > 1 { self.makeMissing(queue, next) }
                return line.work { try self.load($0) }
            }
            let made = Result {
                do {
                    return try self.digest(line, head: try head(), tail: tail)
                } catch {
                    line.fail(error)
                    throw error
                }
            }
            result.withLock { $0 = made }
        }
        guard let made = result.withLock({ $0 }) else {
            throw ArchiveError(.internalFailure, "the archive was not put together", failureClass: .refused)
        }
        return try made.get()
    }

    /// Makes frames until all are made or one has failed, which whoever needs it finds.
    private func makeMissing(_ queue: [Int], _ next: borrowing Atomic<Int>) {
        while true {
            let position = next.add(1, ordering: .relaxed).oldValue
            guard position < queue.count, missing[queue[position]]?.succeeds == true else { return }
        }
    }

    /// Writes the archive, whose digest is known, from frames that are all there.
    ///
    /// - Throws: `PackSession.Damage`, `ArchiveError` of kind `noSpace`, `cannotWrite` or `unreadable`.
    /// - Returns: How many bytes there are.
    func copy(threads: Int, head: [UInt8], tail: [UInt8]) throws -> Int64 {
        places.withLock { $0.begin(after: Int64(head.count)) }
        try head.withUnsafeBytes { try write($0, at: 0) }
        _ = try Workers.map(count: count, threads: threads) { number in
            try self.stream(number, inPieces: Self.copiedChunk) { _ in }
        }
        let end = try start(of: count)
        try tail.withUnsafeBytes { try write($0, at: end) }
        return end + Int64(tail.count)
    }

    /// Takes all frames in order.
    private func digest(
        _ line: Handover<Bytes?>,
        head: [UInt8],
        tail: [UInt8]
    ) throws -> (digest: SheafModel.Digest, size: Int64) {
        places.withLock { $0.begin(after: Int64(head.count)) }
        var hash = ContentHash()
        hash.add(head)
        try head.withUnsafeBytes { try write($0, at: 0) }
        try line.takeAll({ try self.load($0) }) { number, bytes in
            guard let bytes else { return try stream(number, inPieces: Int64(readingChunk)) { hash.add($0) } }
            let frame = UnsafeRawBufferPointer(rebasing: bytes.memory[bytes.frame])
            if !bytes.isWritten { try write(frame, at: start(of: number)) }
            hash.add(frame)
            free.withLock { $0.append(bytes) }
        }
        hash.add(tail)
        let end = try start(of: count)
        try tail.withUnsafeBytes { try write($0, at: end) }
        return (hash.digest, end + Int64(tail.count))
    }

    /// Reads a frame, which is made if need be, proves it, and writes it to its place where that is known.
    ///
    /// - Returns: nil for a frame that is too large to be held.
    private func load(_ number: Int) throws -> Bytes? {
        let frame = try frame(number)
        guard frame.size <= Self.mostHeld else { return nil }
        let bytes = free.withLock { $0.popLast() } ?? Bytes()
        bytes.isWritten = false
        switch frame.place {
        case .spooled(let offset):
            bytes.frame = 0..<Int(frame.size)
            try fill(bytes, from: session.spool, at: offset)
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
        if let place = places.withLock({ $0.start(of: number) }) {
            try write(UnsafeRawBufferPointer(rebasing: bytes.memory[bytes.frame]), at: place)
            bytes.isWritten = true
        }
        return bytes
    }

    private func frame(_ number: Int) throws -> PackSession.Frame {
        if let frame = places.withLock({ $0[number] }) { return frame }
        guard let made = try missing[number]?.value else {
            throw ArchiveError(.internalFailure, "a frame is missing", failureClass: .refused)
        }
        places.withLock { $0[number] = made }
        return made
    }

    private func start(of number: Int) throws -> Int64 {
        guard let start = places.withLock({ $0.start(of: number) }) else {
            throw ArchiveError(.internalFailure, "a frame has no place", failureClass: .refused)
        }
        return start
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

    /// Passes a frame on in pieces, each before the whole is proven: a damaged one ends the pack.
    private func stream(
        _ number: Int,
        inPieces chunk: Int64,
        _ add: (UnsafeRawBufferPointer) -> Void
    ) throws {
        let frame = try frame(number), place = try start(of: number)
        let bytes = free.withLock { $0.popLast() } ?? Bytes()
        defer { free.withLock { $0.append(bytes) } }
        var file: OpenFile?
        var start: Int64 = 0
        var damage: PackSession.Damage?
        var proof = Checksum()
        switch frame.place {
        case .spooled(let offset): (file, start) = (session.spool, offset)
        case .kept(let key):
            file = try open(key, size: frame.size).file
            start = FrameStore.headSize
            damage = .frame(key)
        }
        var done: Int64 = 0
        while done < frame.size {
            bytes.frame = 0..<Int(min(frame.size - done, chunk))
            do {
                try fill(bytes, from: file, at: start + done)
            } catch {
                throw damage ?? error
            }
            let piece = UnsafeRawBufferPointer(rebasing: bytes.memory[bytes.frame])
            proof.add(piece)
            add(piece)
            try write(piece, at: place + done)
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
