/// Makes JSON readable as YAML, of which it is a part but for one thing.
package enum JSONText {
    /// Writes pairs of surrogates such as `\ud83d\udca9`, which YAML does not have, as the characters they are.
    package static func readable(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "\\")) else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
                result.append(bytes[index])
                index += 1
                continue
            }
            if let first = unit(bytes, index), (0xD800..<0xDC00).contains(first), let second = unit(bytes, index + 6),
                (0xDC00..<0xE000).contains(second),
                let scalar = Unicode.Scalar(0x10000 + ((first & 0x3FF) << 10) + (second & 0x3FF))
            {
                result.append(contentsOf: String(scalar).utf8)
                index += 12
            } else {
                result += bytes[index..<index + 2]
                index += 2
            }
        }
        return result
    }

    /// The number of a `\u` escape at an index; nil where there is none.
    private static func unit(_ bytes: [UInt8], _ index: Int) -> UInt32? {
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        return UInt32(String(decoding: bytes[index + 2..<index + 6], as: UTF8.self), radix: 16)
    }
}
