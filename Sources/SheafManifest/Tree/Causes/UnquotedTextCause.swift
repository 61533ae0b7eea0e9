internal import SheafModel

/// Texts without quotes that hold what has a meaning in YAML.
enum UnquotedTextCause: CauseDetector {
    static func causes(in text: BrokenText) -> [Cause] {
        let line = text.failingLine
        guard line.role == .content, line.hasValue else { return [] }
        var causes: [Cause] = []
        if let cause = indicator(text) { causes.append(cause) }
        if let cause = colon(line, text) { causes.append(cause) }
        return causes
    }

    private static let meanings: [UInt8: String] = [
        UInt8(ascii: "*"): "begins an alias", UInt8(ascii: "&"): "begins an anchor", UInt8(ascii: "!"): "begins a tag",
        UInt8(ascii: "@"): "is reserved", UInt8(ascii: "`"): "is reserved", UInt8(ascii: "%"): "begins a directive",
        UInt8(ascii: ","): "separates items", UInt8(ascii: "]"): "closes a list", .rightBrace: "closes a mapping",
        UInt8(ascii: "?"): "begins a key",
    ]

    /// A text such as `*****` or `@daily`; all that begin with the same character as the one that failed.
    private static func indicator(_ text: BrokenText) -> Cause? {
        guard let first = mark(of: text.failingLine, text), let meaning = meanings[first] else { return nil }
        var findings: [TextFinding] = []
        var edits: [MendedText.Edit] = []
        let names = first == UInt8(ascii: "*") ? anchors(text) : []
        for (index, line) in text.lines.enumerated() where line.role == .content && mark(of: line, text) == first {
            let isAlias = first == UInt8(ascii: "*") && names.contains(text.text(line.value.dropFirst()))
            guard index == text.failing || (first == UInt8(ascii: "*") && !isAlias) else { continue }
            let sign = String(decoding: [first], as: UTF8.self)
            let isMask = first == UInt8(ascii: "*") && text.bytes[line.value].allSatisfy { $0 == first }
            findings.append(
                TextFinding(
                    .unquotedText,
                    isMask
                        ? "a masked value without quotes: '*' begins an alias in YAML"
                        : "the text \(text.quoted(line.value)) needs quotes: '\(sign)' \(meaning) in YAML",
                    at: line.value,
                    help: isMask ? "put the value in its place, or quote it" : "put the text in quotes"
                )
            )
            edits += PlaceholderCause.quoting(line.value, text)
        }
        return Cause(findings, edits)
    }

    private static func mark(of line: TextLine, _ text: BrokenText) -> UInt8? {
        line.value.first.map { text.bytes[$0] }
    }

    /// The names that are given to values with `&`.
    private static func anchors(_ text: BrokenText) -> Set<String> {
        let names = text.lines.compactMap { line -> String? in
            guard line.role == .content, mark(of: line, text) == UInt8(ascii: "&") else { return nil }
            let name = text.bytes[line.value.dropFirst()].prefix { $0 != .space }
            return String(decoding: name, as: UTF8.self)
        }
        return Set(names)
    }

    /// `description: note: this` has two colons; so has a line whose line break was lost.
    private static func colon(_ line: TextLine, _ text: BrokenText) -> Cause? {
        guard let key = line.key, let colon = secondColon(line, text) else { return nil }
        let before = text.text(line.value.lowerBound..<colon)
        let word = before.split(separator: " ").last.map(String.init) ?? ""
        if text.text(line.value).first.map({ "“‘„".contains($0) }) == true {
            let finding = TextFinding(
                .typographicQuote,
                "typographic quotes are no quotes for YAML, so that the ': ' inside makes another key",
                at: line.value,
                severity: .error,
                help: "write straight quotes"
            )
            return Cause(finding, PlaceholderCause.quoting(line.value, text))
        }
        let isLostBreak = FamiliarKeys.contains(word) && before.contains(" ")
        let finding = TextFinding(
            .unquotedText,
            isLostBreak
                ? "the line holds two keys, \(text.quoted(key)) and '\(word)': a line break is missing"
                : "the value of \(text.quoted(key)) holds ': ', which makes another key in YAML",
            at: colon..<colon + 1,
            help: isLostBreak ? "begin a new line before '\(word)'" : "put the value in quotes"
        )
        return Cause(finding, PlaceholderCause.quoting(line.value, text), isClear: !isLostBreak)
    }

    private static func secondColon(_ line: TextLine, _ text: BrokenText) -> Int? {
        line.value.first { at in
            text.bytes[at] == .colon && (at + 1 == line.value.upperBound || text.bytes[at + 1] == .space)
        }
    }
}
