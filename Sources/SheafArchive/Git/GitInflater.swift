import CInflate
import Glibc
import SheafSystem

/// Decompresses objects of git into memory of its own; one thread at a time may use it.
final class GitInflater {
    /// Larger objects are left to libgit2, so that this stays small.
    static let most = 4 << 20

    private let tables = UnsafeMutablePointer<sheaf_inflater>.allocate(capacity: 1)
    private var input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var output = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    init() { memset(tables, 0, MemoryLayout<sheaf_inflater>.size) }

    deinit {
        tables.deallocate()
        input.deallocate()
        output.deallocate()
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
        guard size <= Self.most, length <= 2 * Self.most else { return nil }
        Self.grow(&input, to: length + Int(SHEAF_INFLATE_INPUT_SLACK))
        Self.grow(&output, to: size + Int(SHEAF_INFLATE_OUTPUT_SLACK))
        let wanted = UnsafeMutableRawBufferPointer(rebasing: input[..<length])
        // What cannot be read here is tried once more by libgit2, which tells why.
        guard let count = try? file.read(into: wanted, at: offset),
            let from = input.baseAddress?.assumingMemoryBound(to: UInt8.self),
            let to = output.baseAddress?.assumingMemoryBound(to: UInt8.self),
            sheaf_inflate(tables, from, count, to, size)
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: output[..<size])
    }

    private static func grow(_ buffer: inout UnsafeMutableRawBufferPointer, to size: Int) {
        guard buffer.count < size else { return }
        buffer.deallocate()
        buffer = .allocate(byteCount: size + size / 2, alignment: 64)
        // The slack is read too, whatever is in it.
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
    }
}
