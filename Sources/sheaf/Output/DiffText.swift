import SheafModel

/// A unified difference for people: in colour, and nothing in it can change the terminal.
enum DiffText {
    /// The lines without their ends.
    static func lines(of diff: String, style: TextStyle) -> [String] {
        // By bytes: to Swift, a carriage return and a line feed are one character.
        diff.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().map { line in
            let text = PrintableText.oneLine(String(Substring(line)))
            if text.hasPrefix("+") { return style.text(text, .good) }
            if text.hasPrefix("-") { return style.text(text, .bad) }
            return text.hasPrefix("@@") ? style.text(text, .faint) : text
        }
    }
}
