import SheafModel

/// Text broken into lines between words.
package enum WrappedText {
    /// The fewest columns that lines are broken to; on a narrower terminal they run over.
    private static let least = 24

    /// The lines of a text, each at most as wide as given where its words allow that.
    ///
    /// - Returns: One empty line for an empty text.
    package static func lines(_ text: String, width: Int) -> [String] {
        let width = max(width, least)
        var lines: [String] = []
        var line = ""
        for word in PrintableText.oneLine(text).split(separator: " ") {
            if line.isEmpty {
                line = String(word)
            } else if PrintableText.width(line) + 1 + PrintableText.width(String(word)) <= width {
                line += " \(word)"
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return lines + [line]
    }

    /// The text behind a heading, its further lines indented to the first; with the ends of the lines.
    ///
    /// - Parameters:
    ///   - heading: As it is shown, already as wide as `indent`.
    ///   - text: What stands behind it.
    ///   - indent: The columns that the heading takes.
    ///   - width: The columns of the terminal.
    /// - Returns: One line or more.
    package static func hanging(_ heading: String, _ text: String, indent: Int, width: Int) -> String {
        let lines = lines(text, width: width - indent)
        let blanks = String(repeating: " ", count: indent)
        return lines.enumerated().map { ($0 == 0 ? heading : blanks) + $1 + "\n" }.joined()
    }
}
