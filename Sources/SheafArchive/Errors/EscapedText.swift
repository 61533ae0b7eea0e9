/// Names as they can be shown: what is no printable UTF-8 appears as `\xNN`.
enum EscapedText {
    /// Longer names are cut: a hostile one may have millions of bytes.
    private static let mostBytes = 2_048

    /// Shows a text that may hold control characters.
    static func of(_ text: String) -> String { of(Array(text.utf8)) }

    /// Shows bytes that may be no UTF-8 at all.
    static func of(_ bytes: [UInt8]) -> String {
        guard bytes.count <= mostBytes else {
            // At the beginning of a character, where there is one nearby.
            var end = mostBytes
            while end > mostBytes - 4, bytes[end] & 0xc0 == 0x80 { end -= 1 }
            return of(Array(bytes[..<end])) + "…"
        }
        if let text = String(validating: bytes, as: UTF8.self), !bytes.contains(where: isControl) { return text }
        let isText = String(validating: bytes, as: UTF8.self) != nil
        return bytes.reduce(into: [UInt8]()) { shown, byte in
            if isControl(byte) || (byte >= 0x80 && !isText) {
                shown += escape(byte)
            } else {
                shown.append(byte)
            }
        }.asText
    }

    private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7f }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return [0x5c, 0x78, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}

extension [UInt8] {
    /// The bytes as text; only for bytes that are known to be UTF-8.
    var asText: String { String(decoding: self, as: UTF8.self) }
}
