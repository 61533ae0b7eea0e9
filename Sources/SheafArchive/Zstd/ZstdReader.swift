import CLinux
import Clibzstd
import Glibc
import SheafModel
import SheafSystem

/// Where something begins in the content of a compressed file.
struct ArchivePosition: Sendable, Hashable {
    /// Of the frame, in the file.
    var frame: Int64
    /// In the frame's content.
    var offset: Int64
}

/// Decompresses a file that is a sequence of zstd frames and nothing else, within limits.
final class ZstdReader {
    /// The window of compression level 19, the largest that is read: it bounds the memory.
    private static let largestWindow: Int32 = 23

    private let file: OpenFile
    private let fileSize: Int64
    private let limits: ArchiveLimits
    private let context: OpaquePointer
    private var input: [UInt8] = []
    private var inputPosition = 0
    /// Where the next byte to be read from the file is.
    private var fileOffset: Int64
    private var isBetweenFrames = true
    /// How much content has been given out.
    private var produced: Int64 = 0
    /// The frame that is being read: where it begins in all content, and in the file.
    private var frame: (content: Int64, file: Int64) = (0, 0)

    /// Some content of one frame.
    struct Piece: Sendable {
        let bytes: [UInt8]
        /// Where the frame begins in the file.
        let frame: Int64
        /// Where the bytes begin in the frame's content.
        let offset: Int64
    }

    init(_ file: OpenFile, limits: ArchiveLimits, from offset: Int64 = 0) throws {
        do throws(SystemError) {
            fileSize = Int64(try file.status().st_size)
        } catch {
            throw ArchiveError.reading(file.name, error)
        }
        guard let context = ZSTD_createDCtx() else {
            throw ArchiveError(.internalFailure, "no memory to decompress", failureClass: .refused)
        }
        self.context = context
        self.file = file
        self.limits = limits
        fileOffset = offset
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.largestWindow)
    }

    deinit { ZSTD_freeDCtx(context) }

    /// The next piece of content, at most `readingChunk`; nil at the end of the file.
    ///
    /// - Throws: `ArchiveError` of kind `notZstd`, `damaged`, `truncated`, `trailingData`, `skippableFrame`, `emptyFrame`,
    ///   `noChecksum`, `badChecksum`, `dictionary`, `windowTooLarge`, `tooLarge` or `ratioTooHigh`.
    func next() throws -> Piece? {
        while true {
            if inputPosition == input.count { try refill() }
            if isBetweenFrames {
                guard try beginFrame() else { return nil }
            }
            if inputPosition == input.count { try refill() }
            guard inputPosition < input.count else {
                throw failure(.truncated, "ends in the middle")
            }
            let bytes = try decompress()
            if !bytes.isEmpty {
                let piece = Piece(bytes: bytes, frame: frame.file, offset: produced - frame.content)
                produced += Int64(bytes.count)
                try checkLimits()
                return piece
            }
        }
    }

    private func refill() throws {
        do throws(SystemError) {
            input = try file.bytes(at: fileOffset, count: 128 << 10)
        } catch {
            throw ArchiveError.reading(file.name, error)
        }
        inputPosition = 0
        fileOffset += Int64(input.count)
    }

    /// Notes where a frame begins.
    ///
    /// - Returns: False at the end of the file.
    private func beginFrame() throws -> Bool {
        let start = fileOffset - Int64(input.count - inputPosition)
        guard start < fileSize else {
            guard start > 0 else { throw failure(.truncated, "is empty") }
            return false
        }
        let header: [UInt8]
        do throws(SystemError) {
            header = try file.bytes(at: start, count: ZstdFrameHeader.size)
        } catch {
            throw ArchiveError.reading(file.name, error)
        }
        let maker = "make archives with 'sheaf pack'"
        switch ZstdFrameHeader.beginning(header) {
        case .frame(let header):
            guard header.hasChecksum else { throw failure(.noChecksum, "has a frame without a checksum", hint: maker) }
            guard !header.needsDictionary else {
                throw failure(.dictionary, "has a frame that needs a dictionary", hint: maker)
            }
        case .skippable: throw failure(.skippableFrame, "has a frame that readers skip", hint: maker)
        case .cut: throw failure(.truncated, "ends in the middle")
        case .other where start == 0:
            throw failure(.notZstd, "is no sheaf archive: it is not compressed with zstd", hint: maker)
        case .other: throw failure(.trailingData, "has something behind its end")
        }
        frame = (content: produced, file: start)
        isBetweenFrames = false
        return true
    }

    private func decompress() throws -> [UInt8] {
        var result = 0
        let piece = [UInt8](unsafeUninitializedCapacity: readingChunk) { buffer, filled in
            input.withUnsafeBytes { source in
                var from = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: inputPosition)
                var out = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
                repeat {
                    result = ZSTD_decompressStream(context, &out, &from)
                } while ZSTD_isError(result) == 0 && result != 0 && out.pos < out.size && from.pos < from.size
                inputPosition = from.pos
                filled = out.pos
            }
        }
        guard ZSTD_isError(result) == 0 else {
            let reason = ZSTD_getErrorName(result).map { String(cString: $0) } ?? "no reason given"
            let kind: ArchiveError.Kind =
                switch ZSTD_getErrorCode(result) {
                case ZSTD_error_frameParameter_windowTooLarge: .windowTooLarge
                case ZSTD_error_checksum_wrong: .badChecksum
                default: .damaged
                }
            throw failure(kind, "is damaged: \(reason)")
        }
        isBetweenFrames = result == 0
        if isBetweenFrames, frame.content == produced + Int64(piece.count) {
            throw failure(.emptyFrame, "has an empty frame", hint: "make archives with 'sheaf pack'")
        }
        return piece
    }

    private func checkLimits() throws {
        let subject = EscapedText.of(file.name)
        // The members' headers count too; they are small against the limit.
        guard produced <= limits.totalBytes else {
            throw limits.exceeded(.totalBytes, by: subject, found: produced)
        }
        guard produced <= limits.ratioFreeBytes || produced / limits.ratio <= fileSize else {
            throw limits.exceeded(.ratio, by: subject, found: produced / max(fileSize, 1))
        }
    }

    private func failure(
        _ kind: ArchiveError.Kind,
        _ what: String,
        hint: String = "copy or pull it again"
    ) -> ArchiveError {
        ArchiveError(kind, "\(EscapedText.of(file.name)) \(what)", hint: hint)
    }
}
