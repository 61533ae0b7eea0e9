import SheafSystem

/// Takes members of a tar one after the other and gives compressed frames.
final class FrameStream {
    private let tar: TarWriter
    private let compressor: ZstdFrameWriter
    private let write: ([UInt8]) throws -> Void
    private var open: [UInt8] = []

    /// Makes a stream.
    ///
    /// - Parameters:
    ///   - level: Of zstd.
    ///   - write: Receives the frames, in order.
    /// - Throws: `ArchiveError` of kind `internalFailure`.
    init(level: Int, write: @escaping ([UInt8]) throws -> Void) throws {
        tar = try TarWriter()
        compressor = try ZstdFrameWriter(level: level)
        self.write = write
    }

    /// Adds a member.
    ///
    /// - Parameters:
    ///   - path: As in the tar.
    ///   - kind: A file or a link.
    ///   - size: Of the content, to the byte.
    ///   - content: Calls its argument with the content in pieces.
    ///   - endsFrame: Whether a frame ends after the member, asked once the content is known.
    /// - Throws: `ArchiveError` of kind `internalFailure`, and what `content` throws.
    func add(
        _ path: String,
        kind: SourceMember.Kind,
        size: Int64,
        content: (([UInt8]) throws -> Void) throws -> Void,
        endsFrame: (_ storedSize: Int64) -> Bool
    ) throws {
        let header = try tar.begin(path, kind: kind, size: size)
        let padding = (Int64(TarWriter.blockSize) - size % Int64(TarWriter.blockSize)) % Int64(TarWriter.blockSize)
        let stored = Int64(header.count) + size + padding
        guard FrameBoundary.isAlone(size: size) else {
            open += header
            try content { open += try tar.content($0) }
            open += try tar.end()
            if endsFrame(stored) || Int64(open.count) >= FrameBoundary.most { try endFrame() }
            return
        }
        try endFrame()
        try compressor.begin(size: stored)
        try write(try compressor.add(header))
        try content { try write(try compressor.add(try tar.content($0))) }
        try write(try compressor.add(try tar.end()))
        try write(try compressor.end())
    }

    /// Adds a member to the open frame, whatever its size.
    func addWhole(_ path: String, _ content: [UInt8]) throws {
        open += try tar.begin(path, kind: .file(isExecutable: false), size: Int64(content.count))
        open += try tar.content(content)
        open += try tar.end()
    }

    /// Ends the frame that is open, if there is one.
    func endFrame() throws {
        guard !open.isEmpty else { return }
        try write(try compressor.frame(open))
        open.removeAll(keepingCapacity: true)
    }

    /// Ends the tar, in a frame of its own.
    func finish() throws {
        try endFrame()
        open = try tar.finish()
        try endFrame()
    }
}
