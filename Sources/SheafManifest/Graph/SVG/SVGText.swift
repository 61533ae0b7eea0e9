/// Numbers and texts as SVG wants them.
enum SVGText {
    /// With one decimal at most, and none where it is zero.
    static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let (whole, rest) = (abs(tenths) / 10, abs(tenths) % 10)
        return "\(tenths < 0 ? "-" : "")\(whole)\(rest == 0 ? "" : ".\(rest)")"
    }

    /// Text for elements and attributes; characters that XML cannot hold become U+FFFD, line feeds stay.
    static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if !result.isEmpty { result += "\n" }
            for character in GraphWords.visible(String(line)) {
                switch character {
                case "&": result += "&amp;"
                case "<": result += "&lt;"
                case ">": result += "&gt;"
                case "\"": result += "&quot;"
                case "'": result += "&#39;"
                default: result.append(character)
                }
            }
        }
        return result
    }

    /// About how wide a text is, rather too wide than too narrow: no font is known here.
    static func width(_ text: String, size: Double, isBold: Bool = false) -> Double {
        let units = text.unicodeScalars.reduce(0.0) { sum, scalar in
            switch scalar {
            case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!", " ": sum + 0.34
            case "f", "r", "t", "(", ")", "[", "]", "-", "/": sum + 0.42
            case "m", "w", "M", "W", "@", "%": sum + 0.95
            case "A"..."Z", "_": sum + 0.68
            case "\u{0}"..."\u{2FF}": sum + 0.62
            default: sum + 1.05
            }
        }
        return units * size * (isBold ? 1.1 : 1)
    }

    /// The text, with `…` for its middle where it would be wider than allowed: names differ at both ends.
    static func shortened(_ text: String, to limit: Double, size: Double, isBold: Bool = false) -> String {
        if width(text, size: size, isBold: isBold) <= limit { return text }
        let characters = Array(text)
        var kept = min(characters.count - 1, max(2, Int(limit / size * 3)))
        while kept > 2 {
            let head = (kept + 1) / 2
            let short = String(characters[..<head]) + "…" + String(characters[(characters.count - kept + head)...])
            if width(short, size: size, isBold: isBold) <= limit { return short }
            kept -= 1
        }
        return String(characters.prefix(1)) + "…"
    }
}
