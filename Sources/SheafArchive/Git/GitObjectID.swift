import Clibgit2

/// The name of a git object: a SHA-1 in 20 bytes.
struct GitObjectID: Hashable, Comparable, Sendable {
    /// How many bytes an id has.
    static let count = 20

    private let first: UInt64
    private let second: UInt64
    private let third: UInt32

    /// Copies an id of libgit2.
    init(_ id: git_oid) {
        let (first, second, third) = withUnsafeBytes(of: id.id) { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
            )
        }
        (self.first, self.second, self.third) = (first, second, third)
    }

    /// Takes the 20 bytes of an id.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.count else { return nil }
        first = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        second = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        third = bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
    }

    /// The 20 bytes.
    var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.count) { buffer, filled in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            raw.storeBytes(of: first, toByteOffset: 0, as: UInt64.self)
            raw.storeBytes(of: second, toByteOffset: 8, as: UInt64.self)
            raw.storeBytes(of: third, toByteOffset: 16, as: UInt32.self)
            filled = Self.count
        }
    }

    /// The first byte.
    var firstByte: UInt8 { UInt8(truncatingIfNeeded: first.bigEndian >> 56) }

    /// The 40 hex digits.
    var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return text.asText
    }

    /// The id in the form of libgit2.
    var raw: git_oid {
        var id = git_oid()
        withUnsafeMutableBytes(of: &id.id) { $0.copyBytes(from: bytes) }
        return id
    }

    /// In the order of the bytes.
    static func < (left: GitObjectID, right: GitObjectID) -> Bool {
        if left.first != right.first { return left.first.bigEndian < right.first.bigEndian }
        if left.second != right.second { return left.second.bigEndian < right.second.bigEndian }
        return left.third.bigEndian < right.third.bigEndian
    }

    /// The first 12 digits, which versions carry.
    var short: String { String(hex.prefix(12)) }
}
