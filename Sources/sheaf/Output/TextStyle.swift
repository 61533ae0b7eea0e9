/// Colours for text on a terminal, or none.
package struct TextStyle: Sendable, Hashable {
    /// What a piece of text means; the escape sequence follows from it.
    package enum Role: String, Sendable {
        case good = "32"
        case caution = "33"
        case bad = "31"
        case faint = "2"
        case strong = "1"
    }

    package var isColored: Bool

    package init(isColored: Bool) { self.isColored = isColored }

    /// For files, pipes and tests.
    package static let plain = TextStyle(isColored: false)

    /// The text in the colour of its role; unchanged without colours.
    package func text(_ text: String, _ role: Role) -> String {
        isColored ? "\u{1B}[\(role.rawValue)m\(text)\u{1B}[0m" : text
    }
}
