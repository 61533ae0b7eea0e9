/// Writes values as Go's `fmt` does with `%v`.
struct GoText {
    private let context: TemplateContext
    private(set) var text = ""

    init(_ context: TemplateContext) { self.context = context }

    /// The text of one value.
    static func text(_ value: TemplateValue, _ context: TemplateContext) throws -> String {
        if case .text(let text) = value { return text }
        var writer = GoText(context)
        try writer.write(value, depth: 0)
        return writer.text
    }

    private mutating func write(_ value: TemplateValue, depth: Int) throws {
        try context.spend()
        try context.checkDepth(depth)
        switch value {
        case .missing, .null: text += "<nil>"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value): text += GoNumber.text(value)
        case .text(let part):
            guard text.utf8.count + part.utf8.count <= context.limits.textLength else {
                throw TemplateProblem("a text would be longer than \(context.limits.textLength) bytes", kind: .limit)
            }
            try context.reserve(text: part.utf8.count)
            text += part
        case .list(let list): try write(list.elements.map { ("", $0) }, "[", "]", depth)
        case .map(let map): try write(map.sortedKeys.map { ("\($0):", map.entries[$0] ?? .null) }, "map[", "]", depth)
        case .record(let record): try write(record.fields.map { ("", $0.value) }, "{", "}", depth)
        }
    }

    private mutating func write(
        _ parts: [(label: String, value: TemplateValue)],
        _ opening: String,
        _ closing: String,
        _ depth: Int
    ) throws {
        text += opening
        for (index, part) in parts.enumerated() {
            if index > 0 { text += " " }
            text += part.label
            try write(part.value, depth: depth + 1)
        }
        text += closing
    }

    // MARK: Quoted

    /// A text in double quotes with Go's escapes: `%q`.
    static func quoted(_ text: String) -> String { quoted(text, by: "\"") }

    /// A character in single quotes: `%q` of a number.
    static func quoted(_ scalar: Unicode.Scalar) -> String { quoted(String(scalar), by: "'") }

    private static func quoted(_ text: String, by quote: Unicode.Scalar) -> String {
        var result = String.UnicodeScalarView()
        result.append(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case quote, "\\":
                result.append("\\")
                result.append(scalar)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\u{7}": result.append(contentsOf: "\\a".unicodeScalars)
            case "\u{8}": result.append(contentsOf: "\\b".unicodeScalars)
            case "\u{B}": result.append(contentsOf: "\\v".unicodeScalars)
            case "\u{C}": result.append(contentsOf: "\\f".unicodeScalars)
            default:
                if isPrintable(scalar) {
                    result.append(scalar)
                } else {
                    result.append(contentsOf: escape(scalar.value).unicodeScalars)
                }
            }
        }
        result.append(quote)
        return String(result)
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 32 && scalar.value < 127 }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }

    private static func escape(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        let (mark, width) = value < 0x80 ? ("\\x", 2) : value <= 0xFFFF ? ("\\u", 4) : ("\\U", 8)
        return mark + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
