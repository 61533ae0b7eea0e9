/// Quotes that are not closed, closed too early, or opened around what they cannot hold.
enum QuoteCause: CauseDetector {
    /// How many lines back an open quote is looked for.
    private static let reach = 200

    static func causes(in text: BrokenText) -> [Cause] {
        // The misspelling is libyaml's.
        let isEscape = ["escape", "hexdecimal"].contains { text.failure.problem.contains($0) }
        if isEscape { return escapes(in: text) }
        var causes: [Cause] = []
        for index in text.lines[...text.failing].indices.suffix(reach).reversed() {
            let line = text.lines[index]
            guard line.role == .content, let first = line.value.first else { continue }
            if let open = line.openQuote { causes.append(unclosed(open, line, text)) }
            let isQuoted = text.bytes[first] == .quote || text.bytes[first] == .apostrophe
            if isQuoted, line.openQuote == nil, !line.goesOn, index == text.failing, let cause = early(line, text) {
                causes.append(cause)
            }
            if causes.count >= 4 { break }
        }
        return causes
    }

    private static func unclosed(_ open: Int, _ line: TextLine, _ text: BrokenText) -> Cause {
        let mark = text.bytes[open] == .quote ? "\"" : "'"
        let finding = TextFinding(
            .unclosedQuote,
            "the quote that opens here is not closed",
            at: open..<line.value.upperBound,
            help: "close it with \(mark) at the end of the text"
        )
        return Cause(finding, [MendedText.Edit(line.value.upperBound..<line.value.upperBound, mark)])
    }

    /// `'it's here'` and `"a "b" c"`: the second quote ends the text.
    private static func early(_ line: TextLine, _ text: BrokenText) -> Cause? {
        let open = line.value.lowerBound
        let mark = text.bytes[open]
        guard let close = (open + 1..<line.value.upperBound).first(where: { text.bytes[$0] == mark }),
            close + 1 < line.value.upperBound
        else { return nil }
        let remedy =
            mark == .quote ? "write \\\" for a quote inside of double quotes" : "write '' for a quote inside of quotes"
        let finding = TextFinding(
            .unclosedQuote,
            "the quoted text ends with this quote, and more text follows",
            at: close..<line.value.upperBound,
            help: remedy,
            related: [.init(message: "the quote opens here", range: open..<open + 1)]
        )
        return Cause(finding, PlaceholderCause.quoting(line.value, text))
    }

    // MARK: Escapes

    private static func escapes(in text: BrokenText) -> [Cause] {
        let line = text.lines[BrokenText.line(at: text.failure.offset, text.lines)]
        let known = Set("0abt\tnvfre \"'/\\N_LPxuU\r".utf8)
        var findings: [TextFinding] = []
        var edits: [MendedText.Edit] = []
        var at = line.content
        while at + 1 < line.range.upperBound {
            guard text.bytes[at] == .backslash else {
                at += 1
                continue
            }
            if !known.contains(text.bytes[at + 1]) || !hasDigits(at + 1, line.range.upperBound, text) {
                let shown = text.text(at..<min(at + 2, line.range.upperBound))
                findings.append(
                    TextFinding(
                        .unclosedQuote,
                        "'\(shown)' is no escape that YAML knows in double quotes",
                        at: at..<at + 2,
                        help: "write the backslash twice, or use single quotes, in which it has no meaning"
                    )
                )
                edits.append(MendedText.Edit(at..<at, "\\"))
            }
            at += 2
        }
        return findings.isEmpty ? [] : [Cause(findings, edits)]
    }

    /// Whether the sign of a character by its number is followed by as many digits as it wants.
    private static func hasDigits(_ at: Int, _ end: Int, _ text: BrokenText) -> Bool {
        let counts: [UInt8: Int] = [UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8]
        guard let count = counts[text.bytes[at]] else { return true }
        let digits = text.bytes[at + 1..<min(end, at + 1 + count)]
        return digits.count == count
            && digits.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0 & 0xDF) }
    }
}
