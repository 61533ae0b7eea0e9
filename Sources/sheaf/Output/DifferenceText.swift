import FoundationEssentials
import SheafModel

/// One field that differs, as text for people.
enum DifferenceText {
    private static let absent = "(none)"
    private static let longest = 60

    /// `path: before -> after`, long values cut so that the first difference is in sight; secrets masked.
    static func line(_ difference: Change.Difference) -> String {
        func text(_ value: JSONValue) -> String { difference.isSecret ? SecretText.mask : Self.text(value) }
        let before = difference.before.map(text), after = difference.after.map(text)
        let start = excerptStart(before ?? "", after ?? "")
        func shown(_ text: String?) -> String { text.map { cut($0, from: start) } ?? absent }
        return "\(PrintableText.oneLine(difference.path)): \(shown(before)) -> \(shown(after))"
    }

    /// One line, or several for texts on several lines: those that differ, with a few around them.
    ///
    /// - Throws: `ArchiveError` when there is no memory for the comparison.
    static func lines(_ difference: Change.Difference, style: TextStyle) throws -> [String] {
        guard let texts = texts(difference) else { return [line(difference)] }
        let lines = try FoldedText(before: texts.before, after: texts.after).lines(style: style)
        return ["\(PrintableText.oneLine(difference.path)):"] + lines.map { "  \($0)" }
    }

    /// The two sides where they are texts of which one has several lines; an absent one is empty.
    static func texts(_ difference: Change.Difference) -> (before: String, after: String)? {
        let texts = [difference.before, difference.after].map { $0?.stringValue }
        guard !difference.isSecret, texts.contains(where: { $0?.contains("\n") == true }),
            texts.allSatisfy({ $0 != nil }) || [difference.before, difference.after].contains(nil)
        else { return nil }
        return (texts[0] ?? "", texts[1] ?? "")
    }

    private static func text(_ value: JSONValue) -> String {
        // Encoding fails for infinite numbers only, and no manifest has them; the value is shown all the same.
        let data = try? CanonicalJSON.encode(value)
        return PrintableText.oneLine(data.map { String(decoding: $0, as: UTF8.self) } ?? String(describing: value))
    }

    /// Where two long values are shown from, so that the first difference is in sight.
    private static func excerptStart(_ before: String, _ after: String) -> Int {
        guard max(before.count, after.count) > longest else { return 0 }
        let common = zip(before, after).prefix { $0 == $1 }.count
        return common > longest / 2 ? common - longest / 6 : 0
    }

    private static func cut(_ text: String, from start: Int) -> String {
        let rest = text.dropFirst(start)
        let head = start > 0 ? "…" : ""
        return rest.count > longest ? head + rest.prefix(longest) + "…" : head + rest
    }
}
