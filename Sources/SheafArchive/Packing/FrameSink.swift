import SheafModel
import SheafSystem

/// Takes a frame in pieces, for the cache or for the spool.
final class FrameSink {
    private enum Target {
        case cache(TemporaryFile, PackSession)
        case spool(OpenFile, Int64)
    }

    private let target: Target
    private var sum = Checksum()
    /// How many bytes were written.
    var size: Int64 { sum.count }

    init(_ file: TemporaryFile, _ session: PackSession) { target = .cache(file, session) }

    init(_ file: OpenFile, from offset: Int64) { target = .spool(file, offset) }

    /// Adds a piece.
    ///
    /// - Throws: `SystemError` when the cache cannot be written, so that the spool is to be tried; `ArchiveError` of
    ///   kind `noSpace` or `cannotWrite` when the spool cannot.
    func write(_ piece: UnsafeRawBufferPointer) throws {
        switch target {
        case .cache(let new, _): try new.file.write(piece, at: FrameStore.headSize + size)
        case .spool(let file, let offset):
            let place = offset + size
            try PackSession.writing(file) { () throws(SystemError) in try file.write(piece, at: place) }
        }
        sum.add(piece)
    }

    /// Ends the frame.
    ///
    /// - Throws: As `write`.
    /// - Returns: Where it is.
    func finish(as key: SheafModel.Digest) throws -> PackSession.Place {
        switch target {
        case .spool(_, let offset): return .spooled(offset)
        case .cache(let new, let session):
            if let cache = session.cache { try cache.frames.keep(new, as: key, sum) }
            session.noteKept(size)
            return .kept(key)
        }
    }
}
