/// A checksum of 64 bits that costs a tenth of a SHA-256: it finds damage, and is no proof against people.
///
/// It is XXH64 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md), the one that zstd has in its frames.
package struct Checksum {
    private static let first: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let second: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let third: UInt64 = 0x1656_67B1_9E37_79F9
    private static let fourth: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let fifth: UInt64 = 0x27D4_EB2F_1656_67C5
    private static let stripe = 32

    private let seed: UInt64
    private var lanes: (UInt64, UInt64, UInt64, UInt64)
    /// What is left of less than a stripe.
    private var rest: [UInt8] = []
    /// How many bytes were added.
    package private(set) var count: Int64 = 0

    /// Begins with no bytes.
    package init(seed: UInt64 = 0) {
        self.seed = seed
        lanes = (seed &+ Self.first &+ Self.second, seed &+ Self.second, seed, seed &- Self.first)
    }

    /// Adds bytes; how they are cut into pieces makes no difference.
    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        count += Int64(bytes.count)
        var start = 0
        if !rest.isEmpty {
            start = min(Self.stripe - rest.count, bytes.count)
            rest += bytes[..<start]
            guard rest.count == Self.stripe else { return }
            rest.withUnsafeBytes { eat($0, from: 0, to: Self.stripe) }
            rest.removeAll(keepingCapacity: true)
        }
        let end = start + (bytes.count - start) / Self.stripe * Self.stripe
        eat(bytes, from: start, to: end)
        rest += bytes[end...]
    }

    /// The checksum of all bytes so far.
    package var value: UInt64 {
        var sum: UInt64
        if count >= Int64(Self.stripe) {
            sum = Self.rotate(lanes.0, 1) &+ Self.rotate(lanes.1, 7)
            sum = sum &+ Self.rotate(lanes.2, 12) &+ Self.rotate(lanes.3, 18)
            for lane in [lanes.0, lanes.1, lanes.2, lanes.3] {
                sum = (sum ^ Self.round(0, lane)) &* Self.first &+ Self.fourth
            }
        } else {
            sum = seed &+ Self.fifth
        }
        sum = sum &+ UInt64(count)
        rest.withUnsafeBytes { rest in
            var position = 0
            while position + 8 <= rest.count {
                sum ^= Self.round(0, Self.word(rest, position))
                sum = Self.rotate(sum, 27) &* Self.first &+ Self.fourth
                position += 8
            }
            if position + 4 <= rest.count {
                let half = rest.loadUnaligned(fromByteOffset: position, as: UInt32.self).littleEndian
                sum ^= UInt64(half) &* Self.first
                sum = Self.rotate(sum, 23) &* Self.second &+ Self.third
                position += 4
            }
            for byte in rest[position...] {
                sum ^= UInt64(byte) &* Self.fifth
                sum = Self.rotate(sum, 11) &* Self.first
            }
        }
        sum = (sum ^ (sum >> 33)) &* Self.second
        sum = (sum ^ (sum >> 29)) &* Self.third
        return sum ^ (sum >> 32)
    }

    private mutating func eat(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) {
        var (a, b, c, d) = lanes
        var position = start
        while position < end {
            a = Self.round(a, Self.word(bytes, position))
            b = Self.round(b, Self.word(bytes, position + 8))
            c = Self.round(c, Self.word(bytes, position + 16))
            d = Self.round(d, Self.word(bytes, position + 24))
            position += Self.stripe
        }
        lanes = (a, b, c, d)
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> UInt64 {
        bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
    }

    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotate(lane &+ word &* second, 31) &* first
    }

    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }
}
