/// The encoding that SSH uses inside of keys: numbers and strings of bytes, one after the other.
struct WireReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// A number of four bytes, the highest first; nil where there are fewer.
    mutating func number() -> Int? {
        guard let bytes = take(4) else { return nil }
        return bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    /// A string with its length before it; nil where there is less.
    mutating func string() -> [UInt8]? { number().flatMap { take($0) }.map(Array.init) }

    /// A string that has to be this text.
    mutating func expect(_ text: String) -> Bool { string()?.elementsEqual(text.utf8) ?? false }

    /// So many bytes; nil where there are fewer.
    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}

/// Writes what `WireReader` reads.
enum WireFormat {
    static func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    static func string(_ bytes: some Collection<UInt8>) -> [UInt8] { number(UInt32(bytes.count)) + bytes }

    static func string(_ text: String) -> [UInt8] { string(Array(text.utf8)) }
}
