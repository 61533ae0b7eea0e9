/// Text from manifests, logs and programs, made safe to show on a terminal.
package enum PrintableText {
    /// Replaces what would move the cursor, change the terminal or reorder the line by visible signs.
    ///
    /// Control characters become their Unicode pictures, so a line stays one line; others become U+FFFD.
    package static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(isUnsafe(scalar) ? picture(scalar) : scalar) }
        return String(result)
    }

    /// How many columns a text takes on a terminal: two for the wide characters of East Asia and for emoji.
    package static func width(_ text: String) -> Int {
        text.reduce(0) { sum, character in
            sum + (character.unicodeScalars.first.map { isWide($0.value) } == true ? 2 : 1)
        }
    }

    /// How a single scalar of a text is shown, and how many columns of a terminal it takes.
    ///
    /// - Returns: A sign that moves nothing; a width of 0 for what is drawn over the sign before it.
    package static func cell(of scalar: Unicode.Scalar) -> (sign: Unicode.Scalar, width: Int) {
        if scalar.value < 0x7F, scalar.value >= 0x20 { return (scalar, 1) }
        if isUnsafe(scalar) { return (picture(scalar), 1) }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return (scalar, 0)
        default: return (scalar, isWide(scalar.value) ? 2 : 1)
        }
    }

    /// Whether a character moves the cursor, changes the terminal or reorders the line.
    ///
    /// C0 and C1 controls, DEL, line separators, and the marks and controls of text direction.
    package static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func picture(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        switch scalar.value {
        case 0..<0x20: return Unicode.Scalar(0x2400 + scalar.value) ?? replacement
        case 0x7F: return "\u{2421}"
        default: return replacement
        }
    }

    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
