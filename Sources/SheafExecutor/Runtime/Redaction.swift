package import SheafSupervision

/// Removes secret values from texts that people will see.
package struct Redaction: Sendable {
    /// What stands in their place.
    package static let mask = "•••"

    private let secrets: [[UInt8]]

    /// - Parameter values: Of several lines, each line counts by itself too, since logs show lines.
    package init(values: [[UInt8]]) {
        let newline = UInt8(ascii: "\n")
        let lines = values.flatMap { $0.split(separator: newline).map(Array.init) }
        secrets = Set(values + lines).filter { !$0.isEmpty }.sorted { ($0.count, $1.text) > ($1.count, $0.text) }
    }

    /// The text with every secret value replaced.
    ///
    /// Values of less than four bytes are replaced only where they stand alone: `1` in `10` tells nobody anything.
    package func redact(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for secret in secrets { bytes = Self.replace(secret, in: bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The values as a file of lines, to be read with `init(decoding:)`.
    package var encoded: [UInt8] { EscapedLines.encode(secrets.map { .init("secret", $0.text) }) }

    /// Reads what `encoded` gave.
    ///
    /// - Throws: `FormatError` when it is something else.
    package init(decoding text: String) throws(FormatError) {
        self.init(values: try EscapedLines.decode(text).map { Array($0.value.utf8) })
    }

    private static func replace(_ secret: [UInt8], in text: [UInt8]) -> [UInt8] {
        guard text.count >= secret.count else { return text }
        var result: [UInt8] = []
        var position = 0
        while position < text.count {
            let end = position + secret.count
            if end <= text.count, text[position] == secret[0], text[position..<end].elementsEqual(secret),
                secret.count >= 4 || standsAlone(text, position..<end)
            {
                result += mask.utf8
                position = end
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    private static func standsAlone(_ text: [UInt8], _ range: Range<Int>) -> Bool {
        let before = range.lowerBound > 0 ? text[range.lowerBound - 1] : UInt8(ascii: " ")
        let after = range.upperBound < text.count ? text[range.upperBound] : UInt8(ascii: " ")
        return !isWordByte(before) && !isWordByte(after)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber || byte >= 0x80
    }
}

extension [UInt8] {
    /// As UTF-8; what is none cannot stand in a log that is shown either.
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
