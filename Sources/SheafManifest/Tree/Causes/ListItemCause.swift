/// Keys of a list item, and items of a list, that do not begin in the column of their siblings.
enum ListItemCause: CauseDetector {
    static func causes(in text: BrokenText) -> [Cause] {
        let line = text.failingLine
        guard line.role == .content else { return [] }
        let stack = LevelStack(before: text.failing, in: text.lines)
        if line.isItem { return items(line, stack, text) }
        guard line.hasKey else { return [] }
        return [keyAbove(line, text)].compactMap { $0 } + keys(line, stack, text)
    }

    /// A key above that begins in the column of the dashes, so that it ended the list that it belongs to.
    private static func keyAbove(_ line: TextLine, _ text: BrokenText) -> Cause? {
        guard let index = text.contentLine(before: text.failing) else { return nil }
        let above = text.lines[index]
        let stack = LevelStack(before: index, in: text.lines)
        guard above.hasKey, !above.isItem, line.indent > above.indent, let list = stack.list(at: above.indent)?.list,
            let item = text.lines[...list.last].last(where: { $0.isItem && $0.indent == list.column }),
            item.hasKey, item.keyColumn == line.indent
        else { return nil }
        return Cause(misaligned(above, item, text), text.align(index, to: item.keyColumn, until: list.column))
    }

    private static func misaligned(_ line: TextLine, _ item: TextLine, _ text: BrokenText) -> TextFinding {
        TextFinding(
            .indentation,
            "the key \(text.name(line)) is not aligned with the other keys of its list item: it begins left of them",
            at: line.key ?? line.value,
            help: "begin it in column \(item.keyColumn + 1), like \(text.name(item))",
            related: [.init(message: "the item's keys begin here", range: item.key ?? item.value)]
        )
    }

    /// A key in the column of the dash, or between the dash and the item's other keys.
    private static func keys(_ line: TextLine, _ stack: LevelStack, _ text: BrokenText) -> [Cause] {
        let column = line.indent
        guard
            let list = stack.levels.last(where: { $0.isList && $0.column <= column }),
            let item = text.lines[...list.last].last(where: { $0.isItem && $0.indent == list.column })
        else { return [] }
        guard item.hasKey else { return scalarItem(line, item, list, stack, text) }
        guard column < item.keyColumn else { return [] }
        return [Cause(misaligned(line, item, text), text.align(text.failing, to: item.keyColumn, until: list.column))]
    }

    /// A key below an item that is a text, such as `- a.sql` and `command: up` in the column of the dash.
    private static func scalarItem(
        _ line: TextLine,
        _ item: TextLine,
        _ list: LevelStack.Level,
        _ stack: LevelStack,
        _ text: BrokenText
    ) -> [Cause] {
        let parent = stack.level(leftOf: list.column)
        let finding = TextFinding(
            .indentation,
            "the key \(text.name(line)) stands in the list whose items are texts, such as \(text.name(item))",
            at: line.key ?? line.value,
            help: "indent it like the key of the list if it is its sibling; an item has keys or is a text, not both",
            related: [.init(message: "the list begins here", range: text.lines[list.first].dashRange)]
        )
        let block = text.block(from: text.failing)
        let distances = [(parent?.column ?? 0) - line.indent].filter { $0 < 0 }
        return distances.map { Cause(finding, text.shift(block, by: $0), isClear: false) }
    }

    /// A dash that is not below the dashes of its list.
    private static func items(_ line: TextLine, _ stack: LevelStack, _ text: BrokenText) -> [Cause] {
        let column = line.indent
        let lists = stack.levels.filter { $0.isList && $0.column != column }
            .sorted { abs($0.column - column) < abs($1.column - column) }
        return lists.prefix(2).map { list in
            let sibling = text.lines[list.last]
            let finding = TextFinding(
                .indentation,
                "the list item \(text.name(line)) is not aligned with the other items of its list: its '-' stands "
                    + "\(column < list.column ? "left" : "right") of theirs",
                at: line.dashRange,
                help: "begin it in column \(list.column + 1)",
                related: [.init(message: "the items begin here", range: sibling.dashRange)]
            )
            return Cause(finding, text.align(text.failing, to: list.column))
        }
    }
}

extension TextLine {
    /// The first dash, or the content where there is none.
    var dashRange: Range<Int> { content..<min(content + 1, range.upperBound) }
}
