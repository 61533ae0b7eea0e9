import Clibdeflate
import Glibc
import SheafSystem

/// Decompresses objects of git into memory of its own; one thread at a time may use it.
///
/// By libdeflate, which takes half the time of zlib where all of the input and the size of the output are at hand.
final class GitInflater {
    /// Larger objects are left to libgit2, so that this stays small.
    static let most = 4 << 20

    private let decompressor: OpaquePointer
    private var input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var output = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var patched = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    /// Makes the tables; nil when there is no memory for them.
    init?() {
        guard let decompressor = libdeflate_alloc_decompressor() else { return nil }
        self.decompressor = decompressor
    }

    deinit {
        libdeflate_free_decompressor(decompressor)
        input.deallocate()
        output.deallocate()
        patched.deallocate()
    }

    /// Decompresses a part of a file.
    ///
    /// - Parameters:
    ///   - file: Holds a zlib stream.
    ///   - offset: Where it begins.
    ///   - length: How long it is at most.
    ///   - size: Of the content.
    /// - Returns: The content, until the next call; nil when it could not be read.
    func content(of file: OpenFile, at offset: Int64, length: Int, size: Int) -> UnsafeRawBufferPointer? {
        guard (0...Self.most).contains(size), (0...2 * Self.most).contains(length) else { return nil }
        Self.grow(&input, to: length)
        Self.grow(&output, to: size)
        let wanted = UnsafeMutableRawBufferPointer(rebasing: input[..<length])
        // What cannot be read here is tried once more by libgit2, which tells why.
        guard let count = try? file.read(into: wanted, at: offset) else { return nil }
        var used = 0, filled = 0
        let result = libdeflate_zlib_decompress_ex(
            decompressor,
            input.baseAddress,
            count,
            output.baseAddress,
            size,
            &used,
            &filled
        )
        guard result == LIBDEFLATE_SUCCESS, filled == size else { return nil }
        return UnsafeRawBufferPointer(rebasing: output[..<size])
    }

    /// Applies a difference in git's form.
    ///
    /// - Parameters:
    ///   - difference: The sizes of both contents, then instructions: to copy a part of the base, or bytes as they are.
    ///   - base: What it is a difference to.
    /// - Returns: The content, until the next call; nil for a difference that is malformed or too large.
    func applying(_ difference: UnsafeRawBufferPointer, to base: [UInt8]) -> UnsafeRawBufferPointer? {
        var rest = difference[...]
        guard Self.takeSize(&rest) == base.count, let size = Self.takeSize(&rest), size <= Self.most else { return nil }
        Self.grow(&patched, to: size)
        var filled = 0
        while let instruction = rest.popFirst() {
            guard instruction & 0x80 != 0 else {
                let count = Int(instruction)
                // Zero is reserved.
                guard count > 0, rest.count >= count, filled + count <= size else { return nil }
                patched[filled..<filled + count].copyBytes(from: rest.prefix(count))
                rest = rest.dropFirst(count)
                filled += count
                continue
            }
            var start = 0, count = 0
            for bit in 0..<7 where instruction & 1 << bit != 0 {
                guard let byte = rest.popFirst() else { return nil }
                if bit < 4 { start |= Int(byte) << (8 * bit) } else { count |= Int(byte) << (8 * (bit - 4)) }
            }
            if count == 0 { count = 0x10000 }
            guard start + count <= base.count, filled + count <= size else { return nil }
            patched[filled..<filled + count].copyBytes(from: base[start..<start + count])
            filled += count
        }
        return filled == size ? UnsafeRawBufferPointer(rebasing: patched[..<size]) : nil
    }

    private static func takeSize(_ bytes: inout Slice<UnsafeRawBufferPointer>) -> Int? {
        var size = 0, shift = 0
        while let byte = bytes.popFirst() {
            size |= Int(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return size }
            shift += 7
            guard shift < 42 else { return nil }
        }
        return nil
    }

    private static func grow(_ buffer: inout UnsafeMutableRawBufferPointer, to size: Int) {
        guard buffer.count < size else { return }
        buffer.deallocate()
        buffer = .allocate(byteCount: size + size / 2, alignment: 64)
    }
}
