/// Looks at a plain scalar on one line.
enum ScalarCheck {
    private static let annotations = [
        "(default)", "(optional)", "(required)", "(mandatory)", "(example)", "(sample)", "[optional]", "[required]",
        "[mandatory]",
    ]

    /// Looks at a scalar.
    ///
    /// - Parameters:
    ///   - range: Its bytes, more than one.
    ///   - bytes: The text.
    ///   - key: The key whose value it is, if it is one.
    /// - Returns: What is doubtful, or nil.
    static func finding(
        in range: Range<Int>,
        _ bytes: UnsafeBufferPointer<UInt8>,
        key: @autoclosure () -> String?
    ) -> TextFinding? {
        let first = bytes[range.lowerBound]
        let last = bytes[range.upperBound - 1]
        switch last {
        case UInt8(ascii: ","), UInt8(ascii: ";"): return punctuation(range, last, bytes)
        case UInt8(ascii: ")"), UInt8(ascii: "]"):
            if let finding = annotation(range, bytes) { return finding }
        default: break
        }
        switch first {
        case 0xE2: return typographic(range, bytes)
        case 0x30...0x39: return range.count < 19 || isTime(key()) ? nil : timestamp(range, bytes)
        default: return nil
        }
    }

    /// Whether a key's value is meant to be a time.
    private static func isTime(_ key: String?) -> Bool {
        guard let key else { return false }
        return ["start", "end"].contains(where: key.hasPrefix) || ["Time", "Date", "At"].contains(where: key.hasSuffix)
    }

    /// `name: total,` as in a list of another language.
    private static func punctuation(
        _ range: Range<Int>,
        _ last: UInt8,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) -> TextFinding? {
        let word = bytes[range.lowerBound..<range.upperBound - 1]
        let isWord = word.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == UInt8(ascii: "_") || byte == .dash || byte == UInt8(ascii: ".")
        }
        guard isWord, !word.isEmpty else { return nil }
        let sign = String(decoding: [last], as: UTF8.self)
        return TextFinding(
            .trailingPunctuation,
            "the '\(sign)' at the end is part of the value",
            at: range.upperBound - 1..<range.upperBound,
            help: "remove it, or put the value in quotes if it is meant"
        )
    }

    /// `uri: https://example.com (default)` as in a reference.
    private static func annotation(_ range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> TextFinding? {
        for note in annotations where range.count > note.utf8.count + 1 {
            let start = range.upperBound - note.utf8.count
            guard bytes[start - 1] == .space, bytes[start..<range.upperBound].elementsEqual(note.utf8) else { continue }
            return TextFinding(
                .leftoverAnnotation,
                "the note '\(note)' is part of the value",
                at: start..<range.upperBound,
                help: "remove it, or put '#' before it"
            )
        }
        return nil
    }

    /// `name: “web”`, whose quotes are letters for YAML.
    private static func typographic(_ range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> TextFinding? {
        let text = String(decoding: bytes[range], as: UTF8.self)
        guard let first = text.first, let last = text.last, text.count > 2, "“‘„".contains(first), "”’“".contains(last)
        else { return nil }
        return TextFinding(
            .typographicQuote,
            "the typographic quotes are part of the value",
            at: range,
            help: "write straight quotes: \"\(text.dropFirst().dropLast())\""
        )
    }

    /// `2024-06-11T08:30:25Z`, which other readers of YAML take for a point in time.
    private static func timestamp(_ range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> TextFinding? {
        let shape = Array("0000-00-00T00:00:00".utf8)
        guard range.count >= shape.count else { return nil }
        for (index, sign) in shape.enumerated() {
            let byte = bytes[range.lowerBound + index]
            let isFit = sign == 0x30 ? (0x30...0x39).contains(byte) : byte == sign || (index == 10 && byte == .space)
            guard isFit else { return nil }
        }
        return TextFinding(
            .implicitTimestamp,
            "without quotes, other programs read '\(String(decoding: bytes[range], as: UTF8.self))' as a time and not "
                + "as a text",
            at: range,
            help: "put it in quotes"
        )
    }
}
