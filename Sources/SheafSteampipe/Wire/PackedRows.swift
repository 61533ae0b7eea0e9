package import SheafPostgres

/// What a column of a packed row is made of.
package enum PackedPart: Hashable, Sendable {
    /// A column of the source.
    case column(Int)
    /// A text that is the same in all rows.
    case text([UInt8])
    case null
}

/// Rows that write themselves as messages of the wire protocol: a table of millions of rows has no time for strings.
package protocol PackedRows: AnyObject {
    /// Writes the next rows.
    ///
    /// When it throws, the rows that are in the buffer are whole and counted, and the call may be repeated.
    /// - Parameters:
    ///   - count: At most so many.
    ///   - parts: The columns of the result.
    ///   - buffer: Where the messages go.
    ///   - total: Grows with each row that is written; by less than was asked for only at the end, or by a failure.
    /// - Throws: When the source cannot be read, or holds what PostgreSQL cannot take.
    func pack(
        atMost count: Int,
        of parts: [PackedPart],
        into buffer: WireBuffer,
        counting total: inout Int
    ) throws

    /// Passes over rows.
    ///
    /// - Returns: How many; fewer than asked for only at the end.
    func skip(atMost count: Int) throws -> Int
}

/// A table whose rows can be packed.
package protocol PackedTable: PluginTable {
    /// Opens the rows as they are now.
    func packedRows(_ cancellation: Cancellation) throws -> any PackedRows
}

/// Writes one row (`DataRow`) into a buffer.
struct RowMessage {
    private static let header = 7

    private let place: UnsafeMutableRawPointer
    private let buffer: WireBuffer
    private var size = Self.header

    /// Begins a row.
    ///
    /// - Parameters:
    ///   - buffer: Nothing else may write into it until the row is finished.
    ///   - columns: How many values there will be.
    ///   - bytes: At least as many as all values have together.
    init(in buffer: WireBuffer, columns: Int, bytes: Int) {
        self.buffer = buffer
        place = buffer.room(for: Self.header + 4 * columns + bytes)
        place.storeBytes(of: UInt8(ascii: "D"), as: UInt8.self)
        place.storeBytes(of: Int16(truncatingIfNeeded: columns).bigEndian, toByteOffset: 5, as: Int16.self)
    }

    mutating func null() {
        place.storeBytes(of: Int32(-1).bigEndian, toByteOffset: size, as: Int32.self)
        size &+= 4
    }

    /// A value.
    ///
    /// - Parameters:
    ///   - start: Its first byte; there must be slack behind the last as behind that of a `WireBuffer`.
    ///   - count: How many bytes it has.
    mutating func value(_ start: UnsafeRawPointer, _ count: Int) {
        place.storeBytes(of: Int32(truncatingIfNeeded: count).bigEndian, toByteOffset: size, as: Int32.self)
        let target = place + (size &+ 4)
        if count <= 16 {
            // Two words are quicker than a call, and what is too much is written over by what follows.
            let words = start.loadUnaligned(as: (UInt64, UInt64).self)
            target.storeBytes(of: words.0, as: UInt64.self)
            target.storeBytes(of: words.1, toByteOffset: 8, as: UInt64.self)
        } else {
            target.copyMemory(from: start, byteCount: count)
        }
        size &+= 4 &+ count
    }

    mutating func value(_ bytes: [UInt8]) {
        place.storeBytes(of: Int32(truncatingIfNeeded: bytes.count).bigEndian, toByteOffset: size, as: Int32.self)
        UnsafeMutableRawBufferPointer(start: place + (size &+ 4), count: bytes.count).copyBytes(from: bytes)
        size &+= 4 &+ bytes.count
    }

    /// Makes the row count.
    func finish() {
        place.storeBytes(of: Int32(truncatingIfNeeded: size &- 1).bigEndian, toByteOffset: 1, as: Int32.self)
        buffer.advance(by: size)
    }
}
