/// Finds what stands in a manifest for a value that is filled in later.
///
/// The documentation's templates write `${{x}}`, `{{x}}` and `<x>`; `${X}` and `$X` come from the environment.
enum PlaceholderText {
    /// Whether a scalar holds any form of placeholder.
    static func occurs(in text: String) -> Bool {
        occursAsExpression(in: text) || text.contains("${") || isVariable(text) || isAngled(text)
    }

    /// Whether a scalar holds `${{x}}` or `{{x}}`, which nothing but Sheaf would fill in.
    static func occursAsExpression(in text: String) -> Bool {
        // Every scalar of a bundle comes here, and the general search took a twentieth of a whole apply.
        var last: UInt8 = 0
        for byte in text.utf8 {
            if byte == last, byte == UInt8(ascii: "{") { return true }
            last = byte
        }
        return false
    }

    /// Whether a scalar is surely meant as a placeholder, and not a text that happens to look like one.
    ///
    /// `$ecret-7` and `a<b>c` may well be passwords; `occurs(in:)` takes them for placeholders.
    static func isMeant(by text: String) -> Bool {
        if occursAsExpression(in: text) { return true }
        if let open = text.firstRange(of: "${"), text[open.upperBound...].contains("}") { return true }
        if text.hasPrefix("$"), isVariable(text) {
            return text.dropFirst().unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isAlphabetic || isDigit($0) }
        }
        return text.hasPrefix("<") && text.hasSuffix(">")
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isVariable(_ text: String) -> Bool {
        guard text.hasPrefix("$"), let second = text.unicodeScalars.dropFirst().first else { return false }
        return second == "_" || second.properties.isAlphabetic
    }

    private static func isAngled(_ text: String) -> Bool {
        guard let open = text.firstIndex(of: "<"), let close = text.lastIndex(of: ">") else { return false }
        return open < close
    }
}
