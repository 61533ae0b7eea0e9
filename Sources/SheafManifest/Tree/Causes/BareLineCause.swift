/// Lines that are neither a key nor an item of a list: a dash is missing, or the text is lost.
enum BareLineCause: CauseDetector {
    static func causes(in text: BrokenText) -> [Cause] {
        // libyaml may go on for a line before it misses the colon.
        let candidates = [text.failing, text.contentLine(before: text.failing)].compactMap { $0 }
        return candidates.flatMap { index -> [Cause] in
            let line = text.lines[index]
            guard line.isBare else { return [] }
            return [
                missingDash(index, text), lostText(index, text), stray(line, text),
            ].compactMap { $0 }
        }
    }

    private static func missingDash(_ index: Int, _ text: BrokenText) -> Cause? {
        let line = text.lines[index]
        let stack = LevelStack(before: index, in: text.lines)
        guard let list = stack.levels.last(where: { $0.isList }),
            let item = text.lines[...list.last].last(where: { $0.isItem }), !item.hasKey || list.column == line.indent,
            line.indent == list.column || line.indent == item.keyColumn
        else { return nil }
        let finding = TextFinding(
            .missingDash,
            "the text \(text.name(line)) stands in a list without a dash",
            at: line.value,
            help: "begin it with '- ' in column \(list.column + 1), like \(text.name(item))",
            related: [.init(message: "the items of the list begin here", range: item.dashRange)]
        )
        let indent = String(repeating: " ", count: list.column)
        return Cause(finding, [MendedText.Edit(line.range.lowerBound..<line.content, "\(indent)- ")], isClear: false)
    }

    /// A text that goes on left of where it must: below a block, or below a key with a long text.
    private static func lostText(_ index: Int, _ text: BrokenText) -> Cause? {
        guard let above = text.contentLine(before: index) else { return nil }
        let owner = text.lines[above]
        guard owner.hasKey, owner.hasValue, owner.opensBlock || text.text(owner.value).contains(" ") else { return nil }
        var end = index + 1
        while end < text.lines.count, text.lines[end].isBare { end += 1 }
        let line = text.lines[index]
        let finding = TextFinding(
            .indentation,
            "the text \(text.name(line)) seems to go on that of \(text.name(owner)), but is not indented below it",
            at: line.value,
            help: "indent it by more than column \(owner.keyColumn + 1)",
            related: [.init(message: "the text begins here", range: owner.key ?? owner.value)]
        )
        let distance = owner.keyColumn + 2 - line.indent
        guard distance > 0 else { return nil }
        return Cause(finding, text.shift(index..<end, by: distance), isClear: false)
    }

    private static func stray(_ line: TextLine, _ text: BrokenText) -> Cause {
        let finding = TextFinding(
            .strayText,
            "the text \(text.name(line)) is neither a key with a value nor an item of a list",
            at: line.value,
            help: "remove it, or put '#' before it if it is a comment"
        )
        let range = line.content..<line.range.upperBound
        return Cause(finding, [MendedText.Edit(range, String(repeating: " ", count: range.count))], isClear: false)
    }
}
