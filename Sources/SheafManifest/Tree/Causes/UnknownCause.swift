/// Says what libyaml found where no cause is known.
enum UnknownCause {
    static func finding(in text: BrokenText) -> TextFinding {
        let failure = text.failure
        let offset = nearestText(to: failure.offset, text)
        let line = text.lines[BrokenText.line(at: offset, text.lines)]
        let end = min(offset + 1, max(offset, line.range.upperBound))
        var related: [TextFinding.Related] = []
        if let context = failure.contextOffset, context < offset {
            let start = text.lines[BrokenText.line(at: context, text.lines)]
            let range = min(context, start.range.upperBound)..<start.range.upperBound
            related.append(.init(message: words(for: failure.context) + " here", range: range))
        }
        if let key = text.failingLine.key, key.count > 1_024 {
            return TextFinding(.syntax, "this key has more than 1024 characters, the most that YAML allows", at: key)
        }
        return TextFinding(
            .syntax,
            "this is no valid YAML: \(failure.problem)" + (failure.context.map { " (\($0))" } ?? ""),
            at: offset..<end,
            help: help(for: failure.problem),
            related: related
        )
    }

    private static func words(for context: String?) -> String {
        guard let context else { return "it begins" }
        for (part, words) in [
            ("block mapping", "the mapping begins"), ("block collection", "the list begins"),
            ("flow mapping", "the '{' stands"), ("flow sequence", "the '[' stands"), ("quoted", "the quote opens"),
        ] where context.contains(part) { return words }
        return "it begins"
    }

    private static func help(for problem: String) -> String? {
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
    private static func nearestText(to offset: Int, _ text: BrokenText) -> Int {
        let line = text.lines[BrokenText.line(at: min(offset, text.bytes.count), text.lines)]
        if !line.range.isEmpty, offset < text.bytes.count { return offset }
        var end = min(offset, text.bytes.count)
        while end > 0, [UInt8.space, .tab, .lineFeed, .carriageReturn].contains(text.bytes[end - 1]) { end -= 1 }
        return end
    }
}
