/// `key:value` without the space that makes it a key.
enum MissingSpaceCause: CauseDetector {
    /// How many lines back a key is looked for: libyaml may go on for a while before it misses the colon.
    private static let reach = 8

    static func causes(in text: BrokenText) -> [Cause] {
        text.contentLines(upTo: text.failing, reach).compactMap { index in
            let line = text.lines[index]
            if let cause = missingSpaceAfterDash(index, text) { return cause }
            guard line.key == nil, line.hasValue, let colon = missingSpace(in: line.value, text) else { return nil }
            return Cause(spaceFinding(line.value, colon, text), [MendedText.Edit(colon + 1..<colon + 1, " ")])
        }
    }

    /// `-name: x` in a list.
    private static func missingSpaceAfterDash(_ index: Int, _ text: BrokenText) -> Cause? {
        let line = text.lines[index]
        guard line.role == .content, !line.isItem, text.bytes[line.content] == .dash,
            line.content + 1 < line.range.upperBound, text.bytes[line.content + 1] != .dash,
            LevelStack(before: index, in: text.lines).levels.contains(where: { $0.isList && $0.column == line.indent })
        else { return nil }
        let finding = TextFinding(
            .missingSpace,
            "there is no space behind the dash, so YAML takes \(text.name(line)) for a text and not for an item",
            at: line.content..<line.content + 1,
            help: "write a space behind the dash"
        )
        return Cause(finding, [MendedText.Edit(line.content + 1..<line.content + 1, " ")])
    }

    private static func spaceFinding(_ value: Range<Int>, _ colon: Int, _ text: BrokenText) -> TextFinding {
        let key = text.quoted(value.lowerBound..<colon)
        return TextFinding(
            .missingSpace,
            "there is no space behind the colon of \(key), so YAML takes the whole for a text",
            at: colon..<min(colon + 1, value.upperBound),
            help: "write a space behind the colon"
        )
    }

    private static func missingSpace(in value: Range<Int>, _ text: BrokenText) -> Int? {
        guard let colon = value.first(where: { text.bytes[$0] == .colon }), colon > value.lowerBound,
            colon + 1 < value.upperBound, text.bytes[colon + 1] != UInt8(ascii: "/")
        else { return nil }
        let isName = text.bytes[value.lowerBound..<colon].allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == .dash || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        }
        return isName ? colon : nil
    }
}
