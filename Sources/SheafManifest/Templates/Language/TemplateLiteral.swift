/// Reads the constants of the template language, which are those of Go.
enum TemplateLiteral {
    enum Number: Hashable, Sendable {
        case integer(Int64)
        case decimal(Double)
    }

    /// A number such as `7`, `-0x1F`, `1_000`, `017`, `2.5e3`; nil for anything else.
    static func number(_ text: String) -> Number? {
        var digits = Substring(text)
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
        guard let plain = withoutSeparators(digits) else { return nil }
        let lowered = plain.lowercased()
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where lowered.hasPrefix(prefix) {
            return integer(lowered.dropFirst(2), radix, isNegative)
        }
        let isDecimal = lowered.contains { $0 == "." || $0 == "e" }
        if isDecimal { return decimal(lowered, isNegative) }
        // A leading zero means octal, as in C.
        return integer(Substring(lowered), lowered.count > 1 && lowered.hasPrefix("0") ? 8 : 10, isNegative)
    }

    private static func integer(_ digits: Substring, _ radix: Int, _ isNegative: Bool) -> Number? {
        guard digits.first?.isHexDigit == true else { return nil }
        return Int64((isNegative ? "-" : "") + digits, radix: radix).map(Number.integer)
    }

    private static func decimal(_ text: String, _ isNegative: Bool) -> Number? {
        let isComplete = text.contains { $0.isNumber } && text.last?.isLetter == false && !text.hasPrefix("e")
        // Swift wants digits on both sides of the point.
        var written = text.hasPrefix(".") ? "0" + text : text
        if let point = written.firstIndex(of: "."), written.index(after: point) == written.endIndex {
            written += "0"
        }
        written = written.replacing(".e", with: ".0e")
        guard isComplete, let value = Double(written), value.isFinite else { return nil }
        return .decimal(isNegative ? -value : value)
    }

    /// Digits without `_`, which may stand only between digits, or after a prefix.
    private static func withoutSeparators(_ text: Substring) -> String? {
        guard text.contains("_") else { return String(text) }
        guard text.last != "_", text.first != "_", !text.contains("__") else { return nil }
        return String(text.replacing("_", with: ""))
    }

    /// What stands between single quotes, as its code point; nil unless it is exactly one character.
    static func character(_ text: String) -> Int64? {
        let inner = text.dropFirst().dropLast()
        guard inner != "'", let value = unquoted(inner, quote: "'"), value.unicodeScalars.count == 1 else { return nil }
        return value.unicodeScalars.first.map { Int64($0.value) }
    }

    /// The text between double quotes, escapes replaced; nil when an escape is wrong.
    static func string(_ text: String) -> String? { unquoted(text.dropFirst().dropLast(), quote: "\"") }

    private static func unquoted(_ text: Substring, quote: Unicode.Scalar) -> String? {
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                result.append(scalar)
                continue
            }
            guard let escape = rest.popFirst() else { return nil }
            switch escape {
            case "n": result.append("\n")
            case "t": result.append("\t")
            case "r": result.append("\r")
            case "a": result.append("\u{7}")
            case "b": result.append("\u{8}")
            case "f": result.append("\u{C}")
            case "v": result.append("\u{B}")
            case "\\": result.append("\\")
            case quote: result.append(quote)
            case "x", "u", "U", "0"..."7":
                let (count, radix) = Self.length(of: escape)
                var digits = escape.isTemplateDigit ? String(escape) : ""
                while digits.utf8.count < count, let digit = rest.popFirst() { digits.unicodeScalars.append(digit) }
                guard digits.utf8.count == count, let value = UInt32(digits, radix: radix),
                    let scalar = Unicode.Scalar(value)
                else { return nil }
                result.append(scalar)
            default: return nil
            }
        }
        return String(result)
    }

    private static func length(of escape: Unicode.Scalar) -> (count: Int, radix: Int) {
        switch escape {
        case "x": (2, 16)
        case "u": (4, 16)
        case "U": (8, 16)
        default: (3, 8)
        }
    }
}
