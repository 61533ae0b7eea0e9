internal import SheafModel

/// Puts into words why a document cannot be read.
struct SyntaxReport {
    let source: SourceText
    /// The document's bytes.
    let chunk: Range<Int>

    func report(_ failure: EventParser.Failure, _ findings: inout Findings) {
        let tabs = tabs(near: source.line(at: failure.offset))
        guard tabs.isEmpty else {
            for tab in tabs {
                findings.report(
                    .tab,
                    "a tab in the indentation, which YAML does not allow",
                    at: source.span(tab),
                    help: "replace the tab by spaces"
                )
            }
            return
        }
        let context = failure.context.map { " (\($0))" } ?? ""
        let offset = nearestText(failure.offset)
        let line = source.lineRange(source.line(at: offset))
        let end = min(offset + 1, max(offset, line.upperBound))
        findings.report(
            .syntax,
            "this is no valid YAML: \(failure.problem)\(context)",
            at: source.span(offset..<end),
            help: help(for: failure.problem, line: String(decoding: source.bytes[line], as: UTF8.self))
        )
    }

    /// The tabs in the indentation of lines of this document.
    ///
    /// Blank lines and comments count where the parser stumbled, since elsewhere a tab does no harm in them.
    private func tabs(near error: Int) -> [Range<Int>] {
        let first = source.line(at: chunk.lowerBound)
        let last = source.line(at: max(chunk.lowerBound, chunk.upperBound - 1))
        return (first...last).compactMap { number in
            let line = source.lineRange(number)
            let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
            let content = source.bytes[line].firstIndex { !isBlank($0) } ?? line.upperBound
            let isIdle = content == line.upperBound || source.bytes[content] == UInt8(ascii: "#")
            guard let tab = source.bytes[line.lowerBound..<content].firstIndex(of: 0x09),
                !isIdle || (error - 1...error + 1).contains(number)
            else { return nil }
            return tab..<(source.bytes[tab..<content].firstIndex { $0 != 0x09 } ?? content)
        }
    }

    private func help(for problem: String, line: String) -> String? {
        if line.contains("{{") { return "put the placeholder in quotes: \"{{…}}\"" }
        if problem.contains("mapping values are not allowed") {
            return "check the indentation, or quote the text if it holds ': '"
        }
        if problem.contains("did not find expected") || problem.contains("could not find expected ':'") {
            return "check the indentation of this line and of the one before"
        }
        if problem.contains("cannot start any token") || problem.contains("alias") || problem.contains("anchor") {
            return "put the text in quotes"
        }
        return nil
    }

    /// The parser points behind the last line when the text ends too early: the last text is shown instead.
    private func nearestText(_ offset: Int) -> Int {
        let line = source.lineRange(source.line(at: min(offset, source.bytes.count)))
        if !line.isEmpty, offset < chunk.upperBound { return offset }
        var end = min(offset, chunk.upperBound)
        while end > chunk.lowerBound, [0x20, 0x09, 0x0A, 0x0D].contains(source.bytes[end - 1]) { end -= 1 }
        return end
    }
}
