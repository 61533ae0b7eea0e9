import Clibz
import Glibc
import SheafSystem

/// A large object of git that is stored whole, read in pieces, so that it takes no memory of its size.
///
/// By zlib: libdeflate needs all of an object at once.
struct GitLargeObject {
    private static let inputChunk = 256 << 10
    private static let outputChunk = 1 << 20

    /// Holds the zlib stream.
    let file: OpenFile
    /// Where the stream begins, and the first byte that cannot be part of it.
    let range: Range<Int64>
    /// What the stream has before the content: nothing in a pack.
    let header: [UInt8]
    /// Of the content.
    let size: Int64

    /// Gives the content to a body in pieces.
    ///
    /// - Throws: `GitFailure` when the stream is damaged, which may be found after some pieces; what the body throws.
    func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        // The library keeps the address.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        guard sheaf_inflate_begin(stream) == Z_OK else { throw failure("cannot be read: no memory") }
        defer { inflateEnd(stream) }
        let input = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.inputChunk, alignment: 16)
        defer { input.deallocate() }
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.outputChunk, alignment: 16)
        defer { output.deallocate() }
        var position = range.lowerBound
        var left = header[...]
        var given: Int64 = 0
        while true {
            if stream.pointee.avail_in == 0 { try fill(input, stream, &position) }
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(output.count)
            let code = inflate(stream, Z_NO_FLUSH)
            guard code == Z_OK || code == Z_STREAM_END else { throw failure("is damaged") }
            var piece = UnsafeRawBufferPointer(rebasing: output[..<(output.count - Int(stream.pointee.avail_out))])
            let count = min(left.count, piece.count)
            guard piece.prefix(count).elementsEqual(left.prefix(count)) else { throw failure("is no blob of its size") }
            left = left.dropFirst(count)
            piece = UnsafeRawBufferPointer(rebasing: piece[count...])
            given += Int64(piece.count)
            guard given <= size else { throw failure("is larger than it says") }
            if !piece.isEmpty { try body(piece) }
            if code == Z_STREAM_END { break }
        }
        guard given == size, left.isEmpty else { throw failure("is smaller than it says") }
    }

    private func fill(
        _ input: UnsafeMutableRawBufferPointer,
        _ stream: UnsafeMutablePointer<z_stream>,
        _ position: inout Int64
    ) throws {
        let wanted = Int(min(range.upperBound - position, Int64(input.count)))
        let count: Int
        do throws(SystemError) {
            count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: input[..<wanted]), at: position)
        } catch {
            throw failure("cannot be read: \(error.reason)")
        }
        guard count > 0 else { throw failure("is truncated") }
        position += Int64(count)
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
    }

    private func failure(_ what: String) -> GitFailure {
        GitFailure(code: -1, reason: "an object in \(file.name) \(what)")
    }
}
