/// Spaces that are none for YAML, copied from a web page or typed by accident.
enum OddSpaceCause: CauseDetector {
    static func causes(in text: BrokenText) -> [Cause] {
        var findings: [TextFinding] = []
        var edits: [MendedText.Edit] = []
        for line in text.lines where line.role != .blank {
            var changes: [MendedText.Edit] = []
            var at = line.range.lowerBound
            var name: String?
            while at < line.range.upperBound {
                let byte = text.bytes[at]
                if let odd = odd(text.bytes, at, line.range.upperBound) {
                    name = name ?? odd.name
                    changes.append(MendedText.Edit(at..<at + odd.length, odd.isWide ? " " : ""))
                    at += odd.length
                } else if byte == .space || byte == .tab || (byte == .dash && isFollowed(text.bytes, at, line)) {
                    at += 1
                } else {
                    break
                }
            }
            guard let first = changes.first, let last = changes.last, let name else { continue }
            edits += changes
            findings.append(
                TextFinding(
                    .oddSpace,
                    "the indentation holds \(name), which is no space for YAML",
                    at: first.range.lowerBound..<last.range.upperBound,
                    help: "replace it by ordinary spaces"
                )
            )
        }
        return findings.isEmpty ? [] : [Cause(findings, edits)]
    }

    /// Whether what follows a dash is an odd space or a space, so that the dash is meant for a list item's.
    private static func isFollowed(_ bytes: [UInt8], _ at: Int, _ line: TextLine) -> Bool {
        guard at + 1 < line.range.upperBound else { return true }
        return bytes[at + 1] == .space || odd(bytes, at + 1, line.range.upperBound) != nil
    }

    private static func odd(_ bytes: [UInt8], _ at: Int, _ end: Int) -> (name: String, length: Int, isWide: Bool)? {
        if at + 1 < end, bytes[at] == 0xC2, bytes[at + 1] == 0xA0 { return ("a no-break space (U+00A0)", 2, true) }
        guard at + 2 < end else { return nil }
        switch (bytes[at], bytes[at + 1], bytes[at + 2]) {
        case (0xE2, 0x80, 0x8B): return ("a zero-width space (U+200B)", 3, false)
        case (0xEF, 0xBB, 0xBF): return ("a byte order mark (U+FEFF)", 3, false)
        case (0xE2, 0x80, 0x80...0x8A): return ("a space of typesetters (U+2000 to U+200A)", 3, true)
        case (0xE2, 0x80, 0xAF): return ("a narrow no-break space (U+202F)", 3, true)
        case (0xE3, 0x80, 0x80): return ("an ideographic space (U+3000)", 3, true)
        default: return nil
        }
    }
}
