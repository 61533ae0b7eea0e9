/// Placeholders without quotes: YAML takes `{` for a mapping, and `: ` inside for the end of a key.
enum PlaceholderCause: CauseDetector {
    static func causes(in text: BrokenText) -> [Cause] {
        var findings: [TextFinding] = []
        var edits: [MendedText.Edit] = []
        for line in text.lines where line.role == .content {
            guard let (finding, changes) = directive(line, text) ?? pair(line, text) ?? placeholder(line, text) else {
                continue
            }
            findings.append(finding)
            edits += changes
        }
        return findings.isEmpty ? [] : [Cause(findings, edits)]
    }

    private typealias Found = (TextFinding, [MendedText.Edit])

    /// A whole line such as `{{- if x }}` or `{% for %}` of a template language.
    private static func directive(_ line: TextLine, _ text: BrokenText) -> Found? {
        let rest = line.content..<line.range.upperBound
        let start = text.text(rest)
        guard start.hasPrefix("{%") || start.hasPrefix("{{-") || start.hasPrefix("{{ ") && line.isBare,
            start.hasPrefix("{%") || isStatement(start)
        else { return nil }
        return (
            TextFinding(
                .unquotedPlaceholder,
                "a line of a template language, which is left in the manifest",
                at: rest,
                help: "render the template first, or remove the line"
            ), [MendedText.Edit(rest, "#" + String(repeating: " ", count: rest.count - 1))]
        )
    }

    private static func isStatement(_ text: String) -> Bool {
        let words = text.drop { "{- ".contains($0) }.prefix { $0.isLetter }
        return ["if", "else", "end", "range", "with", "define", "include", "template", "toYaml"].contains(String(words))
    }

    /// `${{"key": "value"}}`, which stands for a key and its value.
    private static func pair(_ line: TextLine, _ text: BrokenText) -> Found? {
        let start = line.dashes.isEmpty ? line.content : line.key?.lowerBound ?? line.value.lowerBound
        let shown = start..<max(start, line.value.upperBound)
        let whole = text.text(shown)
        let opening = whole.hasPrefix("${{") ? 3 : 2
        guard whole.hasPrefix("${{") || whole.hasPrefix("{{"), whole.hasSuffix("}}"), shown.count > opening + 2 else {
            return nil
        }
        let inner = whole.dropFirst(opening).dropLast(2)
        guard let colon = inner.firstIndex(of: ":"), inner[..<colon].contains(where: { $0 == "\"" || $0 == "'" }) else {
            return nil
        }
        let key = inner[..<colon].filter { $0 != " " }
        let value = inner[inner.index(after: colon)...].drop { $0 == " " }
        return (
            TextFinding(
                .placeholderSplits,
                "the placeholder \(whole) holds a key and a value, which YAML cannot read like this",
                at: shown,
                help: "write the pair without the braces: \(key): \(value)"
            ),
            [
                MendedText.Edit(start..<start + opening, ""),
                MendedText.Edit(shown.upperBound - 2..<shown.upperBound, ""),
            ]
        )
    }

    /// `{{x}}` as a value, as the beginning of one, or as a key.
    private static func placeholder(_ line: TextLine, _ text: BrokenText) -> Found? {
        if let key = line.key, text.text(key).hasPrefix("{{"), key.lowerBound == line.content || line.isItem {
            return (finding(key, "key", text), quoting(key, text))
        }
        let value = line.value
        guard value.count > 2, text.bytes[value.lowerBound] == .leftBrace,
            text.bytes[value.lowerBound + 1] == .leftBrace
        else { return nil }
        return (finding(value, "value", text), quoting(value, text))
    }

    private static func finding(_ range: Range<Int>, _ role: String, _ text: BrokenText) -> TextFinding {
        let shown = text.text(range)
        guard let close = shown.firstRange(of: "}}") else {
            return TextFinding(
                .unquotedPlaceholder,
                "the placeholder that begins here has no '}}' on its line, and stands without quotes",
                at: range,
                help: "put the whole text in quotes, on one line"
            )
        }
        let isWhole = close.upperBound == shown.endIndex
        return TextFinding(
            .unquotedPlaceholder,
            isWhole
                ? "the placeholder \(shown) without quotes is read as a mapping"
                : "the \(role) begins with a placeholder without quotes, which is read as a mapping: \(shown)",
            at: range,
            help: "put it in quotes: \"\(shown)\""
        )
    }

    /// The changes that put a text in quotes, in single ones where it holds what has a meaning in double ones.
    static func quoting(_ range: Range<Int>, _ text: BrokenText) -> [MendedText.Edit] {
        guard text.bytes[range].contains(where: { $0 == .quote || $0 == .backslash }) else {
            return [MendedText.Edit(range.lowerBound..<range.lowerBound, "\"")]
                + [MendedText.Edit(range.upperBound..<range.upperBound, "\"")]
        }
        guard text.bytes[range].contains(.apostrophe) else {
            return [MendedText.Edit(range.lowerBound..<range.lowerBound, "'")]
                + [MendedText.Edit(range.upperBound..<range.upperBound, "'")]
        }
        return [MendedText.Edit(range, "'" + text.text(range).replacing("'", with: "''") + "'")]
    }
}
