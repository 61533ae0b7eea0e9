/// Writes texts between double quotes, with the escapes that JSON and YAML have in common.
package enum DoubleQuotedText {
    /// Quotes a text.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - escape: How a character is written that is not one of `"`, `\`, line feed, carriage return or tab; nil for
    ///     one that stands for itself.
    /// - Returns: The text with its quotes.
    package static func of(_ text: String, escape: (Unicode.Scalar) -> String?) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if let escaped = escape(scalar) {
                    result += escaped
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    /// The escape of a character by its number: `mark` and at least `width` hexadecimal digits.
    package static func escape(
        _ scalar: Unicode.Scalar,
        mark: String = "\\u",
        width: Int = 4,
        uppercase: Bool = false
    ) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: uppercase)
        return mark + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Whether YAML allows a character in a text as it is; line breaks and the byte order mark count as not allowed.
    ///
    /// Source: YAML 1.2.2, section 5.1, `c-printable`.
    package static func isPrintableInYAML(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
