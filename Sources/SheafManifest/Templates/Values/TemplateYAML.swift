internal import SheafModel

/// Writes values as YAML in the style of the Go library behind `toYaml`.
///
/// Block style with sorted keys; lists are not indented below their key; a text stays bare where YAML 1.1 reads it back
/// as that text, has several lines as a literal block, and is quoted otherwise.
struct TemplateYAML {
    private let context: TemplateContext
    private var lines: [String] = []
    private var length = 0

    /// The document without a line end at its end.
    ///
    /// - Throws: A problem when the text would be too long or the value nests too deep.
    static func text(_ value: TemplateValue, _ context: TemplateContext) throws -> String {
        var writer = TemplateYAML(context: context)
        try writer.write(value, first: "", indent: 0, depth: 0)
        return writer.lines.joined(separator: "\n")
    }

    private init(context: TemplateContext) { self.context = context }

    private mutating func add(_ line: String) throws {
        length += line.utf8.count + 1
        guard length <= context.limits.textLength else {
            throw TemplateProblem("a text would be longer than \(context.limits.textLength) bytes", kind: .limit)
        }
        try context.reserve(text: line.utf8.count + 1)
        lines.append(line)
    }

    /// Writes a value whose first line begins with a text, and whose other lines have an indentation.
    private mutating func write(
        _ value: TemplateValue,
        first: String,
        indent: Int,
        depth: Int
    ) throws {
        try context.spend()
        try context.checkDepth(depth)
        switch value {
        case .list(let list) where !list.elements.isEmpty:
            for (index, element) in list.elements.enumerated() {
                let lead = index == 0 ? first : spaces(indent)
                try write(element, first: lead + "- ", indent: indent + 2, depth: depth + 1)
            }
        case .map(let map) where !map.entries.isEmpty:
            try write(map.sortedKeys.map { ($0, map.entries[$0] ?? .null) }, first, indent, depth)
        case .record(let record):
            try write(record.fields.map { ($0.name, $0.value) }, first, indent, depth)
        case .text(let text): try write(text, first: first, indent: indent)
        default: try add(first + Self.scalar(value))
        }
    }

    private mutating func write(
        _ members: [(key: String, value: TemplateValue)],
        _ first: String,
        _ indent: Int,
        _ depth: Int
    ) throws {
        for (index, member) in members.enumerated() {
            let lead = (index == 0 ? first : spaces(indent)) + Self.key(member.key) + ":"
            switch member.value {
            case .map(let map) where !map.entries.isEmpty:
                try add(lead)
                try write(member.value, first: spaces(indent + 2), indent: indent + 2, depth: depth + 1)
            case .record:
                try add(lead)
                try write(member.value, first: spaces(indent + 2), indent: indent + 2, depth: depth + 1)
            case .list(let list) where !list.elements.isEmpty:
                try add(lead)
                try write(member.value, first: spaces(indent), indent: indent, depth: depth + 1)
            case .text(let text): try write(text, first: lead + " ", indent: indent + 2)
            default: try write(member.value, first: lead + " ", indent: indent + 2, depth: depth + 1)
            }
        }
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    private static func scalar(_ value: TemplateValue) -> String {
        switch value {
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .number(let number): Self.number(number)
        case .list: "[]"
        case .map: "{}"
        case .text(let text): text
        case .missing, .null, .record: "null"
        }
    }

    /// The library goes through JSON, where a number without a fraction becomes an integer.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? ".nan" : value < 0 ? "-.inf" : ".inf" }
        let json = GoNumber.json(value)
        return json.contains { $0 == "." || $0 == "e" } ? GoNumber.text(value) : json
    }

    // MARK: Texts

    private mutating func write(_ text: String, first: String, indent: Int) throws {
        guard text.contains("\n"), Self.canBeBlock(text) else {
            try add(first + Self.inline(text))
            return
        }
        // `- |` and `key: |` alike: the content stands two deeper than what holds it.
        let begins = text.unicodeScalars.first
        let hint = begins == " " || begins == "\n" ? "2" : ""
        let chomping = !text.hasSuffix("\n") ? "-" : text.hasSuffix("\n\n") || text == "\n" ? "+" : ""
        try add(first + "|" + hint + chomping)
        let body = text.hasSuffix("\n") ? text.dropLast() : Substring(text)
        for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
            try add(line.isEmpty ? "" : spaces(indent) + line)
        }
    }

    /// Whether a literal block keeps every character.
    private static func canBeBlock(_ text: String) -> Bool {
        guard text.unicodeScalars.allSatisfy({ $0 == "\n" || DoubleQuotedText.isPrintableInYAML($0) })
        else { return false }
        let endsInSpace = text.unicodeScalars.last == " "
        return !endsInSpace && !text.contains(" \n")
    }

    private static func key(_ key: String) -> String { inline(key) }

    private static func inline(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        guard scalars.allSatisfy(DoubleQuotedText.isPrintableInYAML) else { return doubleQuoted(text) }
        if YAMLWord.isNoText(text) { return doubleQuoted(text) }
        let isPlain = scalars.first != " " && scalars.last != " " && !hasIndicator(scalars)
        return isPlain ? text : "'" + text.replacing("'", with: "''") + "'"
    }

    /// Whether a character would have a meaning in block context.
    private static func hasIndicator(_ scalars: [Unicode.Scalar]) -> Bool {
        guard let first = scalars.first else { return true }
        if "#,[]{}&*!|>'\"%@`".unicodeScalars.contains(first) { return true }
        let second = scalars.dropFirst().first
        if "-?:".unicodeScalars.contains(first), second == nil || second == " " { return true }
        if scalars.starts(with: "---".unicodeScalars) || scalars.starts(with: "...".unicodeScalars) { return true }
        for (index, scalar) in scalars.enumerated() {
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            if scalar == ":", next == " " { return true }
            if scalar == "#", index > 0, scalars[index - 1] == " " { return true }
        }
        return false
    }

    private static func doubleQuoted(_ text: String) -> String {
        DoubleQuotedText.of(text) { scalar in
            if DoubleQuotedText.isPrintableInYAML(scalar) { return nil }
            let isShort = scalar.value < 0x100
            return DoubleQuotedText.escape(
                scalar,
                mark: isShort ? "\\x" : "\\u",
                width: isShort ? 2 : 4,
                uppercase: true
            )
        }
    }
}

/// Texts that YAML 1.1 readers take for something else when they stand bare.
private enum YAMLWord {
    private static let words: Set<String> = [
        "", "~", "null", "y", "n", "yes", "no", "on", "off", "true", "false", "<<", ".nan", ".inf", "+.inf", "-.inf",
    ]

    static func isNoText(_ text: String) -> Bool {
        if words.contains(text.lowercased()) { return true }
        guard let first = text.unicodeScalars.first, first.isTemplateDigit || "+-.".unicodeScalars.contains(first)
        else {
            return false
        }
        return isNumber(text) || isSexagesimal(text) || isDate(text)
    }

    private static func isNumber(_ text: String) -> Bool {
        let plain = text.replacing("_", with: "")
        if TemplateLiteral.number(plain) != nil { return true }
        return plain.utf8.contains { (48...57).contains($0) } && Double(plain) != nil
    }

    /// `12:30:45`, which YAML 1.1 reads as a number of base 60.
    private static func isSexagesimal(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count > 1
            && parts.allSatisfy { part in
                part.contains { $0.isNumber }
                    && part.utf8.allSatisfy { (48...57).contains($0) || "+-._".utf8.contains($0) }
            }
    }

    /// Dates begin with a year of four digits and two more numbers.
    private static func isDate(_ text: String) -> Bool {
        let parts = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0].utf8.count == 4
            && parts.allSatisfy { !$0.isEmpty && $0.utf8.prefix(2).allSatisfy { (48...57).contains($0) } }
    }
}
