/// How pieces of the listing are coloured, so that terminals are the command's business alone.
package struct GraphPaint: Sendable {
    /// What a piece of text means.
    package enum Role: Sendable {
        case heading, critical, faint, warning
    }

    private let apply: @Sendable (String, Role) -> String

    /// Makes a paint from a function that adds colour around a text.
    package init(_ apply: @escaping @Sendable (String, Role) -> String) { self.apply = apply }

    /// No colours.
    package static let plain = GraphPaint { text, _ in text }

    func callAsFunction(_ text: String, _ role: Role) -> String { apply(text, role) }
}
