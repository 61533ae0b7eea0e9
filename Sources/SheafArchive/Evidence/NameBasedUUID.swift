import enum Crypto.Insecure

/// Identifiers that follow from a name, as RFC 4122 has them in version 5.
enum NameBasedUUID {
    /// The namespace of URLs and URNs.
    private static let namespace: [UInt8] = [
        0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
    ]

    /// The identifier of a URN: equal names give equal ones.
    static func of(_ name: String) -> String {
        // The version is defined by SHA-1; nothing relies on its strength, since the digests themselves are recorded.
        var bytes = Array(Insecure.SHA1.hash(data: namespace + Array(name.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x50
        bytes[8] = bytes[8] & 0x3f | 0x80
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (position, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(position) { text.append(UInt8(ascii: "-")) }
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return text.asText
    }
}
