import SheafModel
import SheafSystem

/// The content of a compressed file from its beginning to its end, and where in the file it stands.
///
/// It may be decompressed on a thread of its own, a few mebibytes ahead of the one that reads.
final class ZstdStream {
    /// What the two threads share.
    private final class Ahead: @unchecked Sendable {
        // Safe to send: the reader belongs to the thread; the failure is written before the queue ends, and read after.
        let reader: ZstdReader
        let queue = BoundedQueue<ZstdReader.Piece>(most: 8 << 20)
        var failure: (any Error)?

        init(_ reader: ZstdReader) { self.reader = reader }

        func work() {
            defer { queue.end() }
            do {
                while let piece = try reader.next() {
                    guard queue.put(piece, size: piece.bytes.count) else { return }
                }
            } catch {
                failure = error
            }
        }
    }

    private let reader: ZstdReader
    private let ahead: (shared: Ahead, thread: BlockingThread)?
    /// Taken from the queue and not read yet, the next piece last.
    private var waiting: [ZstdReader.Piece] = []
    /// How much content has been read.
    private(set) var produced: Int64 = 0
    /// The frames that are not forgotten, by where their content begins in all content.
    private var frames: [(content: Int64, file: Int64)] = []

    /// Begins at the first frame.
    ///
    /// - Parameters:
    ///   - file: As for `ZstdReader`.
    ///   - limits: As for `ZstdReader`.
    ///   - isAhead: Whether another thread decompresses; worth it where all content is read.
    /// - Throws: What `ZstdReader` throws.
    init(_ file: OpenFile, limits: ArchiveLimits, isAhead: Bool) throws {
        reader = try ZstdReader(file, limits: limits)
        let shared = Ahead(reader)
        // Where the system has no more threads, this one does the work.
        let thread = isAhead ? try? BlockingThread.start { shared.work() } : nil
        ahead = thread.map { (shared, $0) }
    }

    deinit {
        ahead?.shared.queue.giveUp()
        ahead?.thread.join()
    }

    /// The next piece of content; empty at the end of the file.
    ///
    /// - Throws: What `ZstdReader.next()` throws.
    func next() throws -> [UInt8] {
        guard let piece = try nextPiece() else { return [] }
        if piece.offset == 0 { frames.append((content: produced, file: piece.frame)) }
        produced += Int64(piece.bytes.count)
        return piece.bytes
    }

    private func nextPiece() throws -> ZstdReader.Piece? {
        guard let (shared, _) = ahead else { return try reader.next() }
        if waiting.isEmpty { waiting = shared.queue.takeAll().reversed() }
        if let piece = waiting.popLast() { return piece }
        if let failure = shared.failure { throw failure }
        return nil
    }

    /// Where a place in all content is; nil for one that was not reached yet.
    func position(of content: Int64) -> ArchivePosition? {
        var low = 0, high = frames.count
        while low < high {
            let middle = (low + high) / 2
            if frames[middle].content <= content { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        return ArchivePosition(frame: frames[low - 1].file, offset: content - frames[low - 1].content)
    }

    /// Forgets the frames that end before a place in all content: there may be millions in a small file.
    func forget(before content: Int64) {
        guard frames.count > 1, frames[frames.count / 2].content <= content else { return }
        let kept = frames.lastIndex { $0.content <= content } ?? 0
        frames.removeSubrange(..<kept)
    }
}
