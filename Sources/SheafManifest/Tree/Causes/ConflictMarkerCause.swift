/// What git leaves in a file where two changes could not be merged.
enum ConflictMarkerCause: CauseDetector {
    static func causes(in text: BrokenText) -> [Cause] {
        var findings: [TextFinding] = []
        var edits: [MendedText.Edit] = []
        var open: TextLine?
        var isTheirs = false
        for line in text.lines {
            let mark = mark(of: line, text)
            if mark == UInt8(ascii: "<") { open = line }
            if mark == UInt8(ascii: "=") || mark == .pipe, open != nil { isTheirs = true }
            if mark != nil || isTheirs, !line.range.isEmpty {
                edits.append(MendedText.Edit(line.range, String(repeating: " ", count: line.range.count)))
            }
            guard mark == .greater else { continue }
            isTheirs = false
            if let begin = open {
                findings.append(
                    TextFinding(
                        .conflictMarker,
                        "a merge conflict that git could not resolve begins here",
                        at: begin.range,
                        help: "keep one of the two sides, and remove the lines with '<<<<<<<', '=======' and '>>>>>>>'",
                        related: [.init(message: "it ends here", range: line.range)]
                    )
                )
            }
            open = nil
        }
        return findings.isEmpty ? [] : [Cause(findings, edits)]
    }

    /// The character of a marker, which is repeated seven times.
    private static func mark(of line: TextLine, _ text: BrokenText) -> UInt8? {
        guard line.range.count >= 7, let first = text.bytes[line.range].first,
            [UInt8(ascii: "<"), UInt8(ascii: "="), .greater, .pipe].contains(first),
            text.bytes[line.range].prefix(7).allSatisfy({ $0 == first })
        else { return nil }
        return line.range.count == 7 || text.bytes[line.range.lowerBound + 7] == .space ? first : nil
    }
}
