/// Marks in a text where a secret belongs.
///
/// A mark is `‹kind.content›` between two invisible separators (U+2063). People see what is meant, checks see a plain
/// text without anything that looks like a placeholder, and nobody writes one by accident.
enum SecretMark {
    private static let opening = "\u{2063}‹"
    private static let closing = "›\u{2063}"

    /// The mark of some content, which holds no closing mark itself.
    static func text(_ kind: String, _ content: String) -> String { "\(opening)\(kind).\(content)\(closing)" }

    static func occurs(_ kind: String, in text: String) -> Bool {
        // Most texts have no mark at all, and that is quickly seen in their bytes.
        text.utf8.contains(0xE2) && text.contains("\(opening)\(kind).")
    }

    /// Puts what a closure makes of its content in the place of each mark of a kind.
    static func replace(
        _ kind: String,
        in text: String,
        with body: (String) throws -> String
    ) rethrows -> String {
        guard occurs(kind, in: text) else { return text }
        let start = "\(opening)\(kind)."
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: start), let close = rest[open.upperBound...].firstRange(of: closing) {
            result += rest[..<open.lowerBound]
            result += try body(String(rest[open.upperBound..<close.lowerBound]))
            rest = rest[close.upperBound...]
        }
        return result + rest
    }
}
