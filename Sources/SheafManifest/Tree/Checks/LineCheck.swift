internal import SheafModel

/// Looks at a plain scalar on several lines, of which YAML makes one.
enum LineCheck {
    static func finding(in range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> TextFinding? {
        var lines: [Range<Int>] = []
        var start = range.lowerBound
        while start < range.upperBound, lines.count < 20 {
            let end = bytes[start..<range.upperBound].firstIndex(of: .lineFeed) ?? range.upperBound
            var from = start
            while from < end, bytes[from] == .space || bytes[from] == .tab { from += 1 }
            if start > range.lowerBound, from + 1 < end, bytes[from] == 0xC2, bytes[from + 1] == 0xA0 {
                return oddSpace(from..<end)
            }
            var to = end
            while to > from, bytes[to - 1] == .space || bytes[to - 1] == .carriageReturn { to -= 1 }
            if from < to { lines.append(from..<to) }
            start = end + 1
        }
        guard lines.count > 1 else { return nil }
        let texts = lines.map { String(decoding: bytes[$0], as: UTF8.self) }
        let isList = texts.dropFirst().allSatisfy { $0.hasPrefix("- ") }
        let first = texts.indices.dropFirst().first { isList || isStructure(texts[$0], after: texts[0]) }
        guard let swallowed = first else { return nil }
        let isItem = texts[swallowed].hasPrefix("- ")
        return TextFinding(
            .swallowedLine,
            "the lines become one text, '\(shown(texts))': \(isItem ? "the list item" : "the pair") below is swallowed",
            at: lines[0],
            help: isItem
                ? "check the indentation; put the text in quotes or in a block ('>-') if it is meant"
                : "write each pair as 'key: value'",
            related: [.init(message: "it stands here", range: lines[swallowed])]
        )
    }

    /// A line that looks indented, and is a text that begins with a no-break space.
    private static func oddSpace(_ line: Range<Int>) -> TextFinding {
        TextFinding(
            .oddSpace,
            "the line begins with a no-break space (U+00A0), which is no indentation: it goes on the text above",
            at: line,
            severity: .warning,
            help: "replace it by ordinary spaces"
        )
    }

    /// Whether a line looks like an item, or like a pair without the space, as the first line does.
    private static func isStructure(_ line: String, after first: String) -> Bool {
        if line.hasPrefix("- ") { return !first.contains(" ") || first.hasPrefix("- ") }
        let isPlaceholder: (String) -> Bool = { ($0.hasPrefix("${") || $0.hasPrefix("{{")) && $0.hasSuffix("}") }
        if isPlaceholder(line), isPlaceholder(first) { return true }
        return isPair(line) && isPair(first)
    }

    /// `key:value`, but no address.
    private static func isPair(_ line: String) -> Bool {
        guard !line.contains(" "), let colon = line.firstIndex(of: ":") else { return false }
        let value = line[line.index(after: colon)...]
        let isName = line[..<colon].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == "." }
        return isName && !line[..<colon].isEmpty && !value.isEmpty && !value.hasPrefix("//")
    }

    private static func shown(_ texts: [String]) -> String {
        let text = texts.joined(separator: " ")
        return text.count > 60 ? "\(text.prefix(58))…" : text
    }
}
