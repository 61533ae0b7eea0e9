internal import SheafModel

/// Writes values as Go's `encoding/json` does, and turns them back into plain JSON values.
struct TemplateJSON {
    private let context: TemplateContext
    private let escapesHTML: Bool
    private let isPretty: Bool
    private var text = ""

    /// The JSON text; keys sorted, as Go has them.
    ///
    /// - Throws: A problem when the text would be too long or the value nests too deep.
    static func text(
        _ value: TemplateValue,
        _ context: TemplateContext,
        escapesHTML: Bool = true,
        isPretty: Bool = false
    ) throws -> String {
        var writer = TemplateJSON(context: context, escapesHTML: escapesHTML, isPretty: isPretty)
        try writer.write(value, 0)
        return writer.text
    }

    private init(context: TemplateContext, escapesHTML: Bool, isPretty: Bool) {
        self.context = context
        self.escapesHTML = escapesHTML
        self.isPretty = isPretty
    }

    private mutating func write(_ value: TemplateValue, _ depth: Int) throws {
        try context.spend()
        try context.checkDepth(depth)
        switch value {
        case .missing, .null: try append("null")
        case .bool(let flag): try append(flag ? "true" : "false")
        case .integer(let number): try append(String(number))
        case .number(let number): try append(GoNumber.json(number))
        case .text(let text): try append(quoted(text))
        case .list(let list): try write(list.elements.map { ("", $0) }, "[", "]", depth)
        case .map(let map): try write(map.sortedKeys.map { ($0, map.entries[$0] ?? .null) }, "{", "}", depth)
        case .record(let record): try write(record.fields.map { ($0.name, $0.value) }, "{", "}", depth)
        }
    }

    private mutating func append(_ part: String) throws {
        try context.reserve(text: part.utf8.count)
        guard text.utf8.count + part.utf8.count <= context.limits.textLength else {
            throw TemplateProblem("a text would be longer than \(context.limits.textLength) bytes", kind: .limit)
        }
        text += part
    }

    private mutating func write(
        _ members: [(key: String, value: TemplateValue)],
        _ opening: String,
        _ closing: String,
        _ depth: Int
    ) throws {
        try append(opening)
        for (index, member) in members.enumerated() {
            if index > 0 { try append(",") }
            if isPretty { try append("\n" + String(repeating: "  ", count: depth + 1)) }
            if opening == "{" { try append(quoted(member.key) + (isPretty ? ": " : ":")) }
            try write(member.value, depth + 1)
        }
        if isPretty, !members.isEmpty { try append("\n" + String(repeating: "  ", count: depth)) }
        try append(closing)
    }

    private func quoted(_ text: String) -> String {
        DoubleQuotedText.of(text) { scalar in
            switch scalar {
            case "\u{8}": "\\b"
            case "\u{C}": "\\f"
            case "<", ">", "&": escapesHTML ? DoubleQuotedText.escape(scalar) : nil
            case "\u{2028}", "\u{2029}": DoubleQuotedText.escape(scalar)
            default: scalar.value < 32 ? DoubleQuotedText.escape(scalar) : nil
            }
        }
    }
}
