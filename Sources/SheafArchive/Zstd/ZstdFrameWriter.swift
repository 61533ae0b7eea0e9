import Clibzstd
import SheafModel

/// Compresses into zstd frames with checksums, each independent of the others.
package final class ZstdFrameWriter {
    private let context: OpaquePointer

    /// Makes a writer for frames of one compression level.
    package init(level: Int) throws {
        guard let context = ZSTD_createCCtx() else { throw Self.failure("no memory") }
        self.context = context
        try Self.check(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamping: level)))
        try Self.check(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1))
        try Self.check(ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1))
        // Several threads would cut the content into other blocks.
        try Self.check(ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, 0))
    }

    deinit { ZSTD_freeCCtx(context) }

    /// Makes one frame of bytes in memory.
    package func frame(_ bytes: [UInt8]) throws -> [UInt8] {
        let capacity = ZSTD_compressBound(bytes.count)
        var result = 0
        let frame = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
            bytes.withUnsafeBytes { input in
                result = ZSTD_compress2(context, buffer.baseAddress, buffer.count, input.baseAddress, input.count)
            }
            filled = ZSTD_isError(result) == 0 ? result : 0
        }
        try Self.check(result)
        return frame
    }

    /// Begins a frame whose content comes in pieces.
    ///
    /// - Parameter size: Of all the pieces together; it stands in the frame's header.
    /// - Throws: `ArchiveError` of kind `internalFailure`.
    func begin(size: Int64) throws {
        try Self.check(ZSTD_CCtx_reset(context, ZSTD_reset_session_only))
        try Self.check(ZSTD_CCtx_setPledgedSrcSize(context, UInt64(size)))
    }

    /// Compresses a piece.
    ///
    /// - Returns: What is ready of the frame.
    func add(_ bytes: [UInt8]) throws -> [UInt8] { try run(bytes, ZSTD_e_continue) }

    /// Ends the frame.
    ///
    /// - Returns: The rest of it.
    func end() throws -> [UInt8] { try run([], ZSTD_e_end) }

    private func run(_ bytes: [UInt8], _ mode: ZSTD_EndDirective) throws -> [UInt8] {
        let piece = ZSTD_CStreamOutSize()
        var output: [UInt8] = []
        var result = 0, position = 0
        repeat {
            output += [UInt8](unsafeUninitializedCapacity: piece) { buffer, filled in
                bytes.withUnsafeBytes { source in
                    var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: position)
                    var out = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
                    result = ZSTD_compressStream2(context, &out, &input, mode)
                    position = input.pos
                    filled = out.pos
                }
            }
            try Self.check(result)
        } while position < bytes.count || (mode == ZSTD_e_end && result != 0)
        return output
    }

    private static func check(_ code: Int) throws {
        guard ZSTD_isError(code) != 0 else { return }
        throw failure(ZSTD_getErrorName(code).map { String(cString: $0) } ?? "no reason given")
    }

    private static func failure(_ reason: String) -> ArchiveError {
        ArchiveError(.internalFailure, "zstd cannot compress: \(reason)", failureClass: .refused)
    }
}
