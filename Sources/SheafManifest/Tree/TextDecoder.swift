/// Turns the bytes of a file into UTF-8, whatever they are, and says what they should not be.
enum TextDecoder {
    struct Text {
        /// Valid UTF-8, without a byte order mark.
        var bytes: [UInt8]
        var isASCII = false
        /// Places are offsets of `bytes`.
        var problems: [TextFinding] = []
        /// Whether it makes sense to read on.
        var isReadable = true
    }

    private enum Wide {
        case littleEndian16, bigEndian16, littleEndian32, bigEndian32

        var width: Int { self == .littleEndian16 || self == .bigEndian16 ? 2 : 4 }
        var isLittle: Bool { self == .littleEndian16 || self == .littleEndian32 }
        var name: String { width == 2 ? "UTF-16" : "UTF-32" }
    }

    static func decode(_ bytes: [UInt8]) -> Text {
        if let wide = wideEncoding(bytes) { return decode(bytes, wide) }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let check = content.withUnsafeBufferPointer { UTF8Check($0) }
        guard let broken = check.firstBroken else { return Text(bytes: content, isASCII: check.isASCII) }
        return repair(content, broken)
    }

    // MARK: Texts that are nearly UTF-8

    private static func repair(_ bytes: [UInt8], _ broken: Int) -> Text {
        let byte = bytes[broken]
        let shown = "0x" + String(byte, radix: 16, uppercase: true)
        let count = bytes.count { $0 >= 0x80 || $0 == 0 }
        guard count < bytes.count / 2 else {
            return Text(
                bytes: [],
                problems: [
                    TextFinding(
                        .notUTF8,
                        "the file is no text: it holds bytes such as \(shown) that no text in UTF-8 has",
                        at: 0..<0,
                        help: "check that this is the file you meant"
                    )
                ],
                isReadable: false
            )
        }
        let repaired = Array(String(decoding: bytes, as: UTF8.self).utf8)
        // The same place in the repaired text: all that is before it is valid.
        let end = min(broken + 3, repaired.count)
        return Text(
            bytes: repaired,
            problems: [
                TextFinding(
                    .notUTF8,
                    "the file is not UTF-8: the byte \(shown) cannot stand here\(guess(byte, bytes, broken))",
                    at: broken..<end,
                    help: "save the file as UTF-8"
                )
            ]
        )
    }

    /// The letter that the byte is in the encoding that Western editors used to write.
    private static func guess(_ byte: UInt8, _ bytes: [UInt8], _ offset: Int) -> String {
        let isAlone =
            (offset == 0 || bytes[offset - 1] < 0x80) && (offset + 1 == bytes.count || bytes[offset + 1] < 0x80)
        let windows: [UInt8: Character] = [
            0x80: "€", 0x85: "…", 0x91: "‘", 0x92: "’", 0x93: "“", 0x94: "”", 0x96: "–", 0x97: "—",
        ]
        let letter = byte >= 0xA0 ? Character(Unicode.Scalar(byte)) : windows[byte]
        guard isAlone, let letter else { return "" }
        return "; in Windows-1252 it is '\(letter)'"
    }

    // MARK: UTF-16 and UTF-32

    private static func wideEncoding(_ bytes: [UInt8]) -> Wide? {
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) { return .littleEndian32 }
        if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return .bigEndian32 }
        if bytes.starts(with: [0xFF, 0xFE]) { return .littleEndian16 }
        if bytes.starts(with: [0xFE, 0xFF]) { return .bigEndian16 }
        // Without a mark: the letters of a manifest are ASCII, so that every other byte is zero.
        let sample = bytes.prefix(64)
        guard sample.count >= 4 else { return nil }
        let zeros = sample.indices.filter { sample[$0] == 0 }
        guard zeros.count * 3 > sample.count else { return nil }
        if zeros.allSatisfy({ $0 % 2 == 1 }) { return .littleEndian16 }
        return zeros.allSatisfy { $0 % 2 == 0 } ? .bigEndian16 : nil
    }

    private static func decode(_ bytes: [UInt8], _ wide: Wide) -> Text {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var index = 0
        while true {
            if wide.width == 2 { appendASCII(bytes, &index, wide, &text) }
            guard let (scalar, length) = wide.width == 2 ? pair(bytes, index, wide) : quad(bytes, index, wide) else {
                break
            }
            let isMark = index == 0 && scalar == "\u{FEFF}"
            if !isMark { text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter) }
            index += length
        }
        let problem = TextFinding(
            .notUTF8,
            "the file is \(wide.name), and a manifest must be UTF-8",
            at: 0..<0,
            help: "save the file as UTF-8"
        )
        return Text(bytes: text, problems: [problem])
    }

    /// Takes the ASCII characters of UTF-16 at an offset, of which nearly all of a manifest consists.
    private static func appendASCII(_ bytes: [UInt8], _ index: inout Int, _ wide: Wide, _ text: inout [UInt8]) {
        let high = wide.isLittle ? 1 : 0
        while index + 1 < bytes.count, bytes[index + high] == 0, bytes[index + 1 - high] < 0x80 {
            text.append(bytes[index + 1 - high])
            index += 2
        }
    }

    /// The character of UTF-16 at an offset, with its length in bytes.
    private static func pair(_ bytes: [UInt8], _ index: Int, _ wide: Wide) -> (Unicode.Scalar, Int)? {
        guard let high = unit(bytes, index, wide) else { return nil }
        guard (0xD800..<0xDC00).contains(high), let low = unit(bytes, index + 2, wide), (0xDC00..<0xE000).contains(low)
        else { return (Unicode.Scalar(high) ?? "\u{FFFD}", 2) }
        let value = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
        return (Unicode.Scalar(value) ?? "\u{FFFD}", 4)
    }

    private static func unit(_ bytes: [UInt8], _ index: Int, _ wide: Wide) -> UInt16? {
        guard index + 1 < bytes.count else { return nil }
        let (one, other) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
        return wide.isLittle ? one | other << 8 : one << 8 | other
    }

    /// The character of UTF-32 at an offset.
    private static func quad(_ bytes: [UInt8], _ index: Int, _ wide: Wide) -> (Unicode.Scalar, Int)? {
        guard index + 3 < bytes.count else { return nil }
        let value = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[index + (wide.isLittle ? 3 - $1 : $1)]) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", 4)
    }
}
