/// Keys that begin right or left of where their siblings do.
enum IndentationCause: CauseDetector {
    static func causes(in text: BrokenText) -> [Cause] {
        let line = text.failingLine
        guard line.role == .content, line.hasKey || line.isItem else { return [] }
        if let index = text.contentLine(before: text.failing), let cause = tooDeep(line, below: index, text) {
            return [cause]
        }
        return between(line, text)
    }

    /// A key deeper than the one above it, which has a value and so can have no keys.
    private static func tooDeep(_ line: TextLine, below index: Int, _ text: BrokenText) -> Cause? {
        let above = text.lines[index]
        guard above.hasKey || above.isItem, above.hasValue, line.indent > above.keyColumn else { return nil }
        let finding = TextFinding(
            .indentation,
            "\(text.name(line)) is indented deeper than \(text.name(above)) above it, which has a value and so no keys",
            at: line.key ?? line.dashRange,
            help: above.hasKey
                ? "begin it in column \(above.keyColumn + 1), like \(text.name(above))"
                : "check which key it belongs to",
            related: [.init(message: "its sibling begins here", range: above.key ?? above.value)]
        )
        return Cause(
            finding,
            text.align(text.failing, to: above.keyColumn),
            isClear: above.hasKey
        )
    }

    /// A key in a column between two levels: it, or what stands above it, is moved.
    private static func between(_ line: TextLine, _ text: BrokenText) -> [Cause] {
        let stack = LevelStack(before: text.failing, in: text.lines)
        let column = line.indent
        let outer = stack.level(leftOf: column)
        guard stack.mapping(at: column) == nil || line.isItem, let inner = stack.level(rightOf: column) else {
            return []
        }
        let step = commonStep(text, without: inner.first)
        let base = outer?.column ?? 0
        var causes: [Cause] = []
        let lower = moved(line, to: inner, text)
        let higher = outer.map { moved(line, to: $0, text) }
        let above = aboveMoved(inner, to: column, line, text)
        // What has the usual step is right, what has not is wrong; of two that have not, the smaller block is wrong.
        let isLineUsual = column - base == step || (outer == nil && column == 0)
        let isInnerUsual = inner.column - base == step
        let size = text.failing - inner.first
        let blockSize = text.block(from: text.failing).count
        if isLineUsual && !isInnerUsual || isLineUsual == isInnerUsual && size < blockSize {
            causes = [above, lower]
        } else {
            causes = [lower, above]
        }
        if let higher { causes.append(higher) }
        return causes
    }

    private static func moved(_ line: TextLine, to level: LevelStack.Level, _ text: BrokenText) -> Cause {
        let sibling = text.lines[level.last]
        let isDeeper = line.indent > level.column
        let finding = TextFinding(
            .indentation,
            "the indentation of \(text.name(line)) fits neither the keys before it nor those around them: it begins "
                + "\(isDeeper ? "right" : "left") of its siblings",
            at: line.key ?? line.dashRange,
            help: "begin it in column \(level.column + 1), like \(text.name(sibling))",
            related: [.init(message: "its siblings begin in column \(level.column + 1)", range: sibling.dashRange)]
        )
        let isClear = !level.isList || line.isItem
        return Cause(
            finding,
            text.align(text.failing, to: level.column),
            isClear: isClear
        )
    }

    /// The lines above are too deep, and this one is right.
    private static func aboveMoved(
        _ level: LevelStack.Level,
        to column: Int,
        _ line: TextLine,
        _ text: BrokenText
    ) -> Cause {
        let first = text.lines[level.first]
        let finding = TextFinding(
            .indentation,
            "\(text.name(first)) is indented deeper than its sibling \(text.name(line)) below it",
            at: first.key ?? first.dashRange,
            help: "begin it in column \(column + 1), like \(text.name(line))",
            related: [.init(message: "its sibling begins in column \(column + 1)", range: line.key ?? line.dashRange)]
        )
        return Cause(finding, text.shift(level.first..<text.failing, by: column - level.column))
    }

    /// The step of indentation that occurs most often in the text.
    private static func commonStep(_ text: BrokenText, without index: Int) -> Int {
        var counts: [Int: Int] = [:]
        var previous: TextLine?
        for (number, line) in text.lines.enumerated() where line.role == .content && line.hasKey {
            if let above = previous, !above.hasValue, line.indent > above.keyColumn, number != index {
                counts[line.indent - above.keyColumn, default: 0] += 1
            }
            previous = line
        }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 2
    }
}
