internal import SheafModel

extension OrderedJSON {
    /// The columns that a line has room for.
    private static let longestLine = 100

    /// The document as JSON on several lines, two blanks a level, with the end of its last line.
    ///
    /// What is short stands on one line, which is what makes a schema readable.
    package var jsonText: String { pretty(indent: "", column: 0) + "\n" }

    /// The document as JSON on one line, with a blank behind each comma and colon.
    package var compactText: String {
        switch self {
        case .scalar(let value): return Self.scalarText(value)
        case .array(let elements): return "[" + elements.map(\.compactText).joined(separator: ", ") + "]"
        case .object(let members) where members.isEmpty: return "{}"
        case .object(let members):
            let parts = members.map { "\(Self.quoted($0.key)): \($0.value.compactText)" }
            return "{ " + parts.joined(separator: ", ") + " }"
        }
    }

    /// The document on one line or more, the first of which begins at a column.
    private func pretty(indent: String, column: Int) -> String {
        if isSimple {
            let line = compactText
            if line.utf8.count + column <= Self.longestLine { return line }
        }
        let inner = indent + "  "
        switch self {
        case .scalar: return compactText
        case .array(let elements):
            let lines = elements.map { inner + $0.pretty(indent: inner, column: inner.utf8.count) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members):
            let lines = members.map { member in
                let head = "\(inner)\(Self.quoted(member.key)): "
                return head + member.value.pretty(indent: inner, column: head.utf8.count)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }

    /// Whether this may stand on one line: no more than two members at each level, and nothing long to read in them.
    private var isSimple: Bool {
        switch self {
        case .scalar: true
        case .array(let elements): elements.allSatisfy(\.isSimple)
        case .object(let members):
            members.count <= 2 && members.allSatisfy { $0.key != "description" && $0.value.isSimple }
        }
    }

    private static func scalarText(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .null, .array, .object: "null"
        case .bool, .integer, .number: value.scalarText ?? "null"
        }
    }

    private static func quoted(_ text: String) -> String {
        DoubleQuotedText.of(text) { $0.value < 32 ? DoubleQuotedText.escape($0) : nil }
    }
}
