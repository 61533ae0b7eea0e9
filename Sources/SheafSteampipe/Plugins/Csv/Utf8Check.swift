/// Tells whether bytes can go to PostgreSQL as they are.
package enum Utf8Check {
    package enum Kind: Hashable, Sendable {
        /// Well-formed UTF-8 without a zero.
        case clean
        case broken
        /// libpq ends a text at its first zero: the rest would be lost without a word.
        case zero
    }

    package static func kind(of bytes: UnsafeRawBufferPointer) -> Kind {
        var index = 0
        var isBroken = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0 { return .zero }
            if byte < 0x80 {
                index &+= 1
                continue
            }
            let length = sequence(bytes, from: index, first: byte)
            isBroken = isBroken || length == 0
            index &+= max(1, length)
        }
        return isBroken ? .broken : .clean
    }

    /// How many bytes the sequence has that begins with one; 0 when it is none.
    private static func sequence(_ bytes: UnsafeRawBufferPointer, from index: Int, first: UInt8) -> Int {
        let length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
        guard length > 0, index + length <= bytes.count else { return 0 }
        for offset in 1..<length where bytes[index + offset] & 0xc0 != 0x80 { return 0 }
        let second = bytes[index + 1]
        switch first {
        // Longer than needed, surrogates, and beyond the last character.
        case 0xe0 where second < 0xa0, 0xed where second > 0x9f, 0xf0 where second < 0x90, 0xf4 where second > 0x8f:
            return 0
        default: return length
        }
    }
}
