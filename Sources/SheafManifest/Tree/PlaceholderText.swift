/// Finds what stands in a manifest for a value that is filled in later.
///
/// The documentation's templates write `${{x}}`, `{{x}}` and `<x>`; `${X}` and `$X` come from the environment.
enum PlaceholderText {
    /// Whether a scalar holds any form of placeholder.
    static func occurs(in text: String) -> Bool {
        occursAsExpression(in: text) || text.contains("${") || isVariable(text) || isAngled(text)
    }

    /// Whether a scalar holds `${{x}}` or `{{x}}`, which nothing but Sheaf would fill in.
    static func occursAsExpression(in text: String) -> Bool { text.contains("{{") }

    private static func isVariable(_ text: String) -> Bool {
        guard text.hasPrefix("$"), let second = text.unicodeScalars.dropFirst().first else { return false }
        return second == "_" || second.properties.isAlphabetic
    }

    private static func isAngled(_ text: String) -> Bool {
        guard let open = text.firstIndex(of: "<"), let close = text.lastIndex(of: ">") else { return false }
        return open < close
    }
}
