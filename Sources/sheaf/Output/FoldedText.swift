import SheafArchive
import SheafModel

/// The lines in which two texts differ, with a few around them; the others are only counted.
struct FoldedText {
    /// How many lines stand around each change.
    private static let context = 2
    /// How many lines are shown before the rest is only counted.
    private static let mostLines = 40

    let before: String
    let after: String

    /// The lines without their ends.
    ///
    /// - Throws: `ArchiveError` when there is no memory for the comparison.
    func lines(style: TextStyle) throws -> [String] {
        let difference = try TextDifference(
            from: Array(before.utf8),
            to: Array(after.utf8),
            context: Self.context
        )
        var lines: [String] = []
        // The first line of the old text that is not shown yet.
        var next = 0
        for hunk in difference.hunks {
            let numbers = hunk.lines.compactMap(\.old)
            let first = numbers.first ?? next
            lines += fold(first - next, style)
            lines += hunk.lines.map { shown($0, style) }
            next = (numbers.last ?? first - 1) + 1
        }
        lines += fold(lineCount(of: before) - next, style)
        guard lines.count > Self.mostLines else { return lines }
        let rest = lines.count - Self.mostLines
        return lines.prefix(Self.mostLines) + [style.text("… \(rest) more lines", .faint)]
    }

    private func fold(_ count: Int, _ style: TextStyle) -> [String] {
        count > 0 ? [style.text("… \(count) \(count == 1 ? "line" : "lines") the same", .faint)] : []
    }

    private func shown(_ line: TextDifference.Line, _ style: TextStyle) -> String {
        let bytes = line.text.last == UInt8(ascii: "\n") ? line.text.dropLast() : line.text[...]
        let text = PrintableText.oneLine(String(decoding: bytes, as: UTF8.self))
        return switch line.kind {
        case .kept: "  \(text)"
        case .removed: style.text("- \(text)", .bad)
        case .added: style.text("+ \(text)", .good)
        }
    }

    /// A last line without an end counts.
    private func lineCount(of text: String) -> Int {
        let ends = text.utf8.count { $0 == UInt8(ascii: "\n") }
        return text.isEmpty || text.utf8.last == UInt8(ascii: "\n") ? ends : ends + 1
    }
}
