import Glibc
import SheafModel

import struct Crypto.SHA256

/// Digests content that comes in pieces, and counts it.
struct ContentHash {
    /// How many bytes a SHA-256 has.
    static let size = 32

    private var hash = SHA256()
    private(set) var count: Int64 = 0

    mutating func add(_ piece: [UInt8]) {
        hash.update(data: piece)
        count += Int64(piece.count)
    }

    mutating func add(_ piece: UnsafeRawBufferPointer) {
        hash.update(bufferPointer: piece)
        count += Int64(piece.count)
    }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// Adds a number in eight bytes, the last first.
    mutating func add(_ number: Int64) {
        withUnsafeBytes(of: number.littleEndian) { add($0) }
    }

    /// The digest of all pieces so far.
    var digest: SheafModel.Digest { SheafModel.Digest(hash.finalize()) }

    /// A digest with the number of bytes that it is of.
    typealias Sum = (digest: SheafModel.Digest, size: Int64)

    /// The digest of all pieces so far, and how many bytes they are.
    var sum: Sum { (digest, count) }

    /// The 32 bytes of the digest of all pieces so far.
    var bytes: [UInt8] { Array(hash.finalize()) }
}

extension SheafModel.Digest {
    /// Takes the 32 bytes of a SHA-256; nil for another number of them.
    init?(bytes: UnsafeRawBufferPointer) {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? value + 48 : value + 87 }
        let text = String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
            for (position, byte) in bytes.enumerated() {
                text[2 * position] = digit(byte >> 4)
                text[2 * position + 1] = digit(byte & 15)
            }
            return 2 * bytes.count
        }
        self.init(text)
    }

    /// The 32 bytes.
    var bytes: [UInt8] {
        func value(_ digit: UInt8) -> UInt8 { digit < 58 ? digit - 48 : digit - 87 }
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    }
}
