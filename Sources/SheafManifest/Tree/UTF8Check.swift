/// Whether bytes are UTF-8, and where they are not.
struct UTF8Check {
    /// The offset of the first byte that begins no valid sequence.
    private(set) var firstBroken: Int?
    private(set) var isASCII = true

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        let raw = UnsafeRawBufferPointer(bytes)
        var index = 0
        while index < bytes.count {
            while index + 8 <= bytes.count,
                raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index += 8
            }
            guard index < bytes.count else { return }
            if bytes[index] < 0x80 {
                index += 1
                continue
            }
            isASCII = false
            let length = Self.length(bytes, index)
            guard length > 0 else {
                firstBroken = index
                return
            }
            index += length
        }
    }

    /// The length of the sequence of several bytes that begins here; 0 when it is not valid.
    private static func length(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
        let first = bytes[index]
        // The second byte's range keeps out what is too long, surrogates, and what is beyond Unicode.
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0...0)
            }
        guard length > 0, index + length <= bytes.count, second.contains(bytes[index + 1]) else { return 0 }
        for next in index + 2..<max(index + 2, index + length) where bytes[next] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
