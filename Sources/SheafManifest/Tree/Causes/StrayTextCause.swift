/// Words before or between the lines of a manifest that belong to the page it was copied from.
enum StrayTextCause: CauseDetector {
    /// What chat and documentation pages show beside code.
    private static let labels: Set<String> = [
        "yaml", "yml", "copy", "copyedit", "edit", "copy code", "copied", "copied!", "code", "bash", "shell", "json",
        "plain text", "plaintext", "text", "wrap", "download", "run", "expand", "collapse", "show more", "show less",
    ]

    static func causes(in text: BrokenText) -> [Cause] {
        var stray: [Int] = []
        // Words are before the manifest as long as nothing but words came, and a key is to follow.
        let lastKey = text.lines.lastIndex(where: \.hasKey) ?? -1
        var isBefore = true
        for (index, line) in text.lines.enumerated() where line.role == .content && !isMarker(index, text) {
            let isWords = isBefore && line.isBare && index < lastKey && !isValue(line, text)
            if isWords || isLabel(line, text) { stray.append(index) } else { isBefore = false }
        }
        guard let first = stray.first else { return [] }
        let words = stray.prefix(3).map { text.quoted(text.lines[$0].value) }.joined(separator: ", ")
        let finding = TextFinding(
            .strayText,
            stray.count == 1
                ? "the text \(words) is no part of the manifest; it seems copied along from a page"
                : "the texts \(words) are no part of the manifest; they seem copied along from a page",
            at: text.lines[first].value,
            help: stray.count == 1 ? "remove the line" : "remove the lines",
            related: stray.dropFirst().prefix(5).map { .init(message: "and here", range: text.lines[$0].value) }
        )
        let edits = stray.map { index in
            let range = text.lines[index].content..<text.lines[index].range.upperBound
            return MendedText.Edit(range, String(repeating: " ", count: range.count))
        }
        return [Cause(finding, edits)]
    }

    private static func isLabel(_ line: TextLine, _ text: BrokenText) -> Bool {
        let range = line.content..<line.range.upperBound
        return line.isBare && range.count < 20 && labels.contains(text.text(range).lowercased().trimmed)
    }

    private static func isMarker(_ index: Int, _ text: BrokenText) -> Bool {
        let line = text.lines[index]
        return text.bytes[line.range].starts(with: [.dash, .dash, .dash]) || text.bytes[line.range].first == 0x25
    }

    /// Whether a line is a marker or a structure of its own rather than words.
    private static func isValue(_ line: TextLine, _ text: BrokenText) -> Bool {
        let first = text.bytes[line.content]
        let isMark = [.leftBrace, .leftBracket, .quote, .apostrophe, .dash, .pipe, .greater, 0x25].contains(first)
        // A key without its space, or with the colon forgotten, has a remedy of its own.
        return isMark || text.bytes[line.content..<line.range.upperBound].contains(.colon)
            || text.text(line.value).contains(" = ") || MissingColonCause.isKeyWithoutColon(line, text)
    }
}

extension String {
    /// The text without the spaces at both ends.
    var trimmed: String {
        let start = drop { $0 == " " || $0 == "\t" }
        let end = start.lastIndex { $0 != " " && $0 != "\t" }
        return end.map { String(start[...$0]) } ?? ""
    }
}
