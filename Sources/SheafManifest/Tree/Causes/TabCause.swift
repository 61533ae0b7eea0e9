/// Tabs in the indentation.
enum TabCause: CauseDetector {
    static func causes(in text: BrokenText) -> [Cause] {
        let failing = text.failingLine
        // In blank lines and comments a tab does harm only at some places.
        let showsIdle = failing.tab != nil && (failing.role == .blank || failing.role == .comment)
        let showsInside = failing.tab != nil && failing.role == .inside
        var findings: [TextFinding] = []
        var lines: [TextLine] = []
        for (index, line) in text.lines.enumerated() {
            guard let tab = line.tab ?? tabAfterDash(line, text) else { continue }
            let isShown =
                switch line.role {
                case .content: true
                case .comment: showsIdle
                case .inside: showsInside
                case .blank: showsIdle && index == text.failing
                }
            guard isShown || (line.role == .comment || line.role == .blank) else { continue }
            lines.append(line)
            guard isShown else { continue }
            let end = text.bytes[tab..<line.range.upperBound].firstIndex { $0 != .tab } ?? line.range.upperBound
            let isComment = line.role == .comment
            findings.append(
                TextFinding(
                    .tab,
                    "a tab in the indentation\(isComment ? " of a comment" : ""), which YAML does not allow",
                    at: tab..<end,
                    help: "replace the tab by spaces"
                )
            )
        }
        guard !findings.isEmpty else { return [] }
        let widths = widths(lines, text).map { width in lines.flatMap { spaces(for: $0, width, text) } }
        return ([fitting(lines, text)].compactMap { $0 } + widths).map { Cause(findings, $0) }
    }

    /// A tab between a dash and the item's text.
    private static func tabAfterDash(_ line: TextLine, _ text: BrokenText) -> Int? {
        guard line.role == .content, let dash = line.dashes.first else { return nil }
        let end = line.key?.lowerBound ?? line.value.lowerBound
        return text.bytes[dash..<max(dash, end)].firstIndex(of: .tab)
    }

    /// The widths that a tab may have been meant to have, first the one that fits the columns of other lines.
    private static func widths(_ lines: [TextLine], _ text: BrokenText) -> [Int] {
        let columns = Set(text.lines.filter { $0.role == .content && $0.tab == nil }.map(\.keyColumn))
        let fits = [2, 4, 8, 1, 3].map { width in
            (width, lines.count { $0.role == .content && columns.contains(column(of: $0, width, text)) })
        }
        return fits.enumerated().sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }.map(\.element.0)
    }

    /// The changes that put each line with a tab in the column of the line above, of whose keys it is the sibling.
    private static func fitting(_ lines: [TextLine], _ text: BrokenText) -> [MendedText.Edit]? {
        var edits: [MendedText.Edit] = []
        for line in lines where line.tab.map({ $0 < line.content }) ?? false {
            let number = BrokenText.line(at: line.content, text.lines)
            guard line.role == .content else {
                edits += spaces(for: line, 2, text)
                continue
            }
            guard let index = text.contentLine(before: number), text.lines[index].tab == nil else { return nil }
            let above = text.lines[index]
            guard above.hasValue, !above.opensBlock, line.isItem == (above.isItem && !above.hasKey) else { return nil }
            let column = line.isItem ? above.indent : above.keyColumn
            let range = line.range.lowerBound..<line.content
            edits.append(MendedText.Edit(range, String(repeating: " ", count: column)))
        }
        return edits
    }

    private static func column(of line: TextLine, _ width: Int, _ text: BrokenText) -> Int {
        let start = line.key?.lowerBound ?? line.value.lowerBound
        let tabs = text.bytes[line.range.lowerBound..<max(line.content, start)].count { $0 == .tab }
        return line.column(start) + tabs * (width - 1)
    }

    private static func spaces(for line: TextLine, _ width: Int, _ text: BrokenText) -> [MendedText.Edit] {
        let end = line.isItem ? line.key?.lowerBound ?? line.value.lowerBound : line.content
        return (line.range.lowerBound..<max(line.content, end)).filter { text.bytes[$0] == .tab }.map {
            MendedText.Edit($0..<$0 + 1, String(repeating: " ", count: width))
        }
    }
}
