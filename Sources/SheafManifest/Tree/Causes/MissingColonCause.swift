/// Keys without a colon, which YAML takes for texts.
enum MissingColonCause: CauseDetector {
    /// How many lines back a key is looked for: a text may swallow the lines below it before libyaml stumbles.
    private static let reach = 30

    static func causes(in text: BrokenText) -> [Cause] {
        text.contentLines(upTo: text.failing, reach).compactMap { index in
            let line = text.lines[index]
            return line.key == nil && line.hasValue ? missingColon(index, text) : nil
        }
    }

    /// Whether a line begins with a common key and has no colon.
    static func isKeyWithoutColon(_ line: TextLine, _ text: BrokenText) -> Bool {
        let words = text.text(line.value).split(separator: " ")
        guard let first = words.first, words.count <= 2 else { return false }
        return FamiliarKeys.contains(String(first)) && !["yaml", "text", "file", "data"].contains(String(first))
    }

    /// An equals sign in place of the colon, as in `name = web`.
    private static func equalsSign(_ line: TextLine, _ words: [Substring], _ text: BrokenText) -> Cause? {
        guard let at = line.value.first(where: { text.bytes[$0] == UInt8(ascii: "=") }) else { return nil }
        let finding = TextFinding(
            .missingColon,
            "'=' stands between the key '\(words[0])' and its value, where YAML wants a colon",
            at: at..<at + 1,
            help: "write '\(words[0]): \(words.dropFirst(2).joined(separator: " "))'"
        )
        let end = line.value.lowerBound + words[0].utf8.count
        return Cause(finding, [MendedText.Edit(end..<at + 1, ":")])
    }

    private static func isName(_ word: Substring) -> Bool {
        word.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == "." }
    }

    private static func missingColon(_ index: Int, _ text: BrokenText) -> Cause? {
        let line = text.lines[index]
        let words = text.text(line.value).split(separator: " ")
        guard let word = words.first else { return nil }
        let next = text.lines[(index + 1)...].first { $0.role == .content }
        let isParent = words.count == 1 && (next.map { $0.indent > line.indent && ($0.hasKey || $0.isItem) } ?? false)
        if words.count > 2, words[1] == "=", isName(word) { return equalsSign(line, words, text) }
        guard isParent && isName(word) && line.isBare || isKeyWithoutColon(line, text) else { return nil }
        let end = line.value.lowerBound + word.utf8.count
        let finding = TextFinding(
            .missingColon,
            "there is no colon behind the key '\(word)'",
            at: line.value.lowerBound..<end,
            help: words.count == 1 ? "write '\(word):'" : "write '\(word): \(words.dropFirst().joined(separator: " "))'"
        )
        return Cause(finding, [MendedText.Edit(end..<end, ":")])
    }
}
