package import SheafModel

/// Writes JSON values as YAML that every YAML 1.1 and 1.2 reader reads back as the same value.
///
/// Block style, keys sorted. A text stays bare only where no reader could take it for anything else; every other text is
/// in double quotes on one line.
package enum YAMLText {
    /// The document, with the end of its last line.
    package static func render(_ value: JSONValue) -> String {
        lines(value).map { $0 + "\n" }.joined()
    }

    private static func lines(_ value: JSONValue) -> [String] {
        switch value {
        case .array(let elements) where !elements.isEmpty:
            return elements.flatMap { indent(lines($0), first: "- ", others: "  ") }
        case .object(let members) where !members.isEmpty:
            return members.sorted { $0.key < $1.key }.flatMap { member($0.key, $0.value) }
        default:
            return [inline(value)]
        }
    }

    private static func member(_ key: String, _ value: JSONValue) -> [String] {
        let name = text(key)
        // A key without an explicit `?` may have 1,024 characters at most.
        let opening = name.utf8.count > 1000 ? ["? \(name)", ""] : [name]
        let head = opening.dropLast() + [(opening.last ?? "") + ":"]
        if isInline(value) { return head.dropLast() + ["\(head.last ?? "") \(inline(value))"] }
        return head + indent(lines(value), first: "  ", others: "  ")
    }

    private static func indent(_ lines: [String], first: String, others: String) -> [String] {
        lines.enumerated().map { ($0 == 0 ? first : others) + $1 }
    }

    private static func isInline(_ value: JSONValue) -> Bool {
        switch value {
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        default: true
        }
    }

    private static func inline(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): number(value)
        case .string(let value): text(value)
        case .array: "[]"
        case .object: "{}"
        }
    }

    /// YAML 1.1 takes `1e+20` for a text: the point makes it a number for everybody.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return ".nan" }
        if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
        let text = String(value)
        guard let exponent = text.firstIndex(of: "e"), !text[..<exponent].contains(".") else { return text }
        return "\(text[..<exponent]).0\(text[exponent...])"
    }

    private static func text(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    /// Words that some reader takes for a boolean, a null or a number.
    private static let reserved: Set<String> = [
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf",
    ]

    /// Whether a text may stay bare: it begins with a letter, `/` or `_`, holds nothing that YAML gives a meaning, and is
    /// no reserved word.
    private static func isPlain(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, isLetter(first) || first == "/" || first == "_",
            scalars.allSatisfy({ isLetter($0) || isDigit($0) || "_-./:@+() ".unicodeScalars.contains($0) }),
            text.last != " ", text.last != ":", !reserved.contains(text.lowercased())
        else { return false }
        return zip(scalars, scalars.dropFirst()).allSatisfy { !($0 == ":" && $1 == " ") }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func quoted(_ text: String) -> String {
        DoubleQuotedText.of(text) { scalar in
            DoubleQuotedText.isPrintableInYAML(scalar) ? nil : DoubleQuotedText.escape(scalar, uppercase: true)
        }
    }
}
