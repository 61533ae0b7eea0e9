/// Text of lines `key value`, where a value may hold any text.
///
/// The one form of the files that an executor and a supervisor exchange: it needs no library to read, and people can
/// read it too.
package enum EscapedLines {
    /// One line: a key without blanks, and what follows it, unescaped.
    package struct Line: Hashable, Sendable {
        package var key: String
        package var value: String

        package init(_ key: String, _ value: String = "") {
            self.key = key
            self.value = value
        }
    }

    /// Writes lines; backslash, line ends and NUL in values are escaped.
    package static func encode(_ lines: [Line]) -> [UInt8] {
        var bytes: [UInt8] = []
        for line in lines {
            bytes += line.key.utf8
            bytes.append(UInt8(ascii: " "))
            for byte in line.value.utf8 {
                switch byte {
                case UInt8(ascii: "\\"): bytes += [byte, byte]
                case UInt8(ascii: "\n"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
                case UInt8(ascii: "\r"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
                case 0: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "0")]
                default: bytes.append(byte)
                }
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    /// Reads what `encode` wrote; a last line without its end is dropped, as a torn write leaves it.
    ///
    /// - Throws: `FormatError` for an unknown escape.
    package static func decode(_ text: String) throws(FormatError) -> [Line] {
        var lines: [Line] = []
        try decode(text, into: &lines)
        return lines
    }

    /// Reads as many lines as can be read from the beginning on.
    static func decodeBeginning(of text: String) -> [Line] {
        var lines: [Line] = []
        // What stands behind a damaged place is not trusted, whatever is wrong there.
        try? decode(text, into: &lines)
        return lines
    }

    private static func decode(_ text: String, into lines: inout [Line]) throws(FormatError) {
        var key: [UInt8] = []
        var value: [UInt8] = []
        var isInKey = true
        var isEscaped = false
        for byte in text.utf8 {
            if isEscaped {
                isEscaped = false
                value.append(try unescape(byte))
            } else if byte == UInt8(ascii: "\n") {
                lines.append(Line(String(decoding: key, as: UTF8.self), String(decoding: value, as: UTF8.self)))
                (key, value, isInKey) = ([], [], true)
            } else if isInKey {
                if byte == UInt8(ascii: " ") { isInKey = false } else { key.append(byte) }
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                value.append(byte)
            }
        }
    }

    private static func unescape(_ byte: UInt8) throws(FormatError) -> UInt8 {
        switch byte {
        case UInt8(ascii: "\\"): byte
        case UInt8(ascii: "n"): UInt8(ascii: "\n")
        case UInt8(ascii: "r"): UInt8(ascii: "\r")
        case UInt8(ascii: "0"): 0
        default: throw FormatError("unknown escape")
        }
    }
}

/// A launch plan or a status that cannot be read, with the reason.
package struct FormatError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
