/// Lists and mappings below a key that has a value already.
enum MissingParentCause: CauseDetector {
    static func causes(in text: BrokenText) -> [Cause] {
        let line = text.failingLine
        guard line.role == .content, line.hasKey || line.isItem else { return [] }
        guard let index = parentIndex(text), let parent = parent(index, text),
            let key = parent.key, parent.hasValue, !parent.opensBlock
        else { return [] }
        if line.isItem {
            guard line.indent >= parent.keyColumn, !isSibling(line, parent, text) else { return [] }
            return [isPlainValue(parent, key, text) ? missing(line, parent, text) : both(line, parent, text)]
        }
        // A mapping below a value is an indentation too deep, unless the key above is one that must have keys.
        guard line.indent > parent.keyColumn, FamiliarKeys.isParent(text.text(key)) else { return [] }
        return [both(line, parent, text)]
    }

    /// The line above the list or the key; YAML may have taken the first items for a part of the text above.
    private static func parentIndex(_ text: BrokenText) -> Int? {
        var index = text.contentLine(before: text.failing)
        while let above = index, text.failingLine.isItem, text.lines[above].isItem, !text.lines[above].hasKey,
            text.lines[above].indent == text.failingLine.indent
        {
            index = text.contentLine(before: above)
        }
        return index
    }

    private static func parent(_ index: Int, _ text: BrokenText) -> TextLine? {
        let line = text.lines[index]
        return line.hasKey ? line : nil
    }

    /// Whether an item begins with the same key as the list item above, so that only its place is wrong.
    private static func isSibling(_ line: TextLine, _ parent: TextLine, _ text: BrokenText) -> Bool {
        let above = text.lines[..<text.failing].last { item in
            item.role == .content && item.isItem && item.keyColumn == parent.keyColumn
        }
        guard let above, let one = line.key, let other = above.key else { return false }
        return text.text(one) == text.text(other)
    }

    /// Whether the key's value is complete in itself, so that another key must be missing below it.
    private static func isPlainValue(_ parent: TextLine, _ key: Range<Int>, _ text: BrokenText) -> Bool {
        if FamiliarKeys.isParent(text.text(key)) { return false }
        if parent.isItem, text.bytes[key].elementsEqual("name".utf8) == false { return false }
        return true
    }

    private static func missing(_ line: TextLine, _ parent: TextLine, _ text: BrokenText) -> Cause {
        let finding = TextFinding(
            .missingParent,
            "a list stands below \(text.name(parent)), which has a value already: the key that the list belongs to is "
                + "missing",
            at: line.dashRange,
            help: "put the key of the list on a line before this one",
            related: [.init(message: "the value stands here", range: parent.value)]
        )
        return Cause(finding, blanking(text), isClear: false)
    }

    private static func both(_ line: TextLine, _ parent: TextLine, _ text: BrokenText) -> Cause {
        let finding = TextFinding(
            .valueAndChildren,
            "\(text.name(parent)) has a value and, below it, \(line.isItem ? "a list" : "keys")",
            at: (parent.key ?? parent.value).lowerBound..<parent.value.upperBound,
            help: "remove the value, or give it a key of its own",
            related: [
                .init(message: "\(line.isItem ? "the list begins" : "the keys begin") here", range: line.dashRange)
            ]
        )
        let blank = String(repeating: " ", count: parent.value.count)
        return Cause(finding, [MendedText.Edit(parent.value, blank)], isClear: false)
    }

    /// Leaves out the list, whose place is unknown.
    private static func blanking(_ text: BrokenText) -> [MendedText.Edit] {
        text.block(from: text.failing).compactMap { index in
            let range = text.lines[index].range
            return range.isEmpty ? nil : MendedText.Edit(range, String(repeating: " ", count: range.count))
        }
    }
}
