/// What is left of the Markdown of a page that a manifest was copied from.
enum MarkdownCause: CauseDetector {
    static func causes(in text: BrokenText) -> [Cause] {
        var findings: [TextFinding] = []
        var edits: [MendedText.Edit] = []
        for line in text.lines where line.role == .content {
            guard let (finding, changes) = fence(line, text) ?? bold(line, text) ?? bullet(line, text) else { continue }
            findings.append(finding)
            edits += changes
        }
        return findings.isEmpty ? [] : [Cause(findings, edits)]
    }

    private typealias Found = (TextFinding, [MendedText.Edit])

    private static func fence(_ line: TextLine, _ text: BrokenText) -> Found? {
        let rest = line.content..<line.range.upperBound
        guard ["```", "~~~"].contains(where: text.text(rest).hasPrefix) else { return nil }
        return (
            TextFinding(
                .markdown,
                "a code fence of Markdown, which is no part of the manifest",
                at: rest,
                help: "remove the line"
            ), [MendedText.Edit(rest, String(repeating: " ", count: rest.count))]
        )
    }

    /// `**# comment**`, `**key**: value` and `key: **value**`.
    private static func bold(_ line: TextLine, _ text: BrokenText) -> Found? {
        let start =
            text.bytes[line.content...].starts(with: [42, 42]) ? line.content : line.value.lowerBound
        let rest = start..<line.range.upperBound
        let shown = text.text(rest)
        guard shown.hasPrefix("**"), !shown.dropFirst(2).hasPrefix("*"), shown.dropFirst(3).contains("**") else {
            return nil
        }
        let isComment = shown.dropFirst(2).drop(while: { $0 == " " }).hasPrefix("#")
        let finding = TextFinding(
            .markdown,
            isComment
                ? "a comment in Markdown's bold type: for YAML '**' is no comment, and '*' begins an alias"
                : "text in Markdown's bold type: for YAML '*' begins an alias",
            at: start..<start + 2,
            help: "remove the asterisks"
        )
        if isComment { return (finding, [MendedText.Edit(start..<start + 2, "  ")]) }
        if let key = line.key, start == line.content || key.lowerBound == start {
            let marks = asterisks(rest, text)
            return (finding, marks.map { MendedText.Edit($0, "") })
        }
        if line.isBare { return (finding, [MendedText.Edit(start..<start + 2, "# ")]) }
        return (finding, asterisks(line.value, text).map { MendedText.Edit($0, "") })
    }

    private static func asterisks(_ range: Range<Int>, _ text: BrokenText) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var at = range.lowerBound
        while at + 1 < range.upperBound {
            if text.bytes[at] == 42, text.bytes[at + 1] == 42 {
                found.append(at..<at + 2)
                at += 1
            }
            at += 1
        }
        return found
    }

    /// `* item` for `- item`.
    private static func bullet(_ line: TextLine, _ text: BrokenText) -> Found? {
        guard text.bytes[line.content...].starts(with: [42, .space]) else { return nil }
        let star = line.content..<line.content + 1
        return (
            TextFinding(
                .markdown,
                "'*' begins an alias in YAML, not an item of a list",
                at: star,
                help: "begin the item with '- '"
            ), [MendedText.Edit(star, "-")]
        )
    }
}
