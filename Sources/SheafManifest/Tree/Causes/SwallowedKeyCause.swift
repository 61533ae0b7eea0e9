internal import SheafModel

/// Keys that stand in a comment, so that what belongs to them has no parent.
enum SwallowedKeyCause: CauseDetector {
    static func causes(in text: BrokenText) -> [Cause] {
        var findings: [TextFinding] = []
        var keys: [(line: TextLine, key: Range<Int>)] = []
        for line in text.lines where line.role == .comment {
            let key = text.bytes.withUnsafeBufferPointer { bytes in
                line.comment.flatMap { SwallowedKey.find(in: $0..<line.range.upperBound, bytes) }
            }
            guard let key else { continue }
            var finding = SwallowedKey.finding(key, text.text(key))
            finding.severity = .error
            findings.append(finding)
            keys.append((line, key))
        }
        // Only the key above the place of the failure matters for the syntax; where it belongs is tried out.
        guard let last = keys.last(where: { $0.key.upperBound < text.failingLine.range.upperBound }) else { return [] }
        let levels = LevelStack(before: text.failing, in: text.lines).levels
        return levels.filter { !$0.isList }.reversed().map { level in
            let start = last.line.range.lowerBound
            let indent = String(repeating: " ", count: level.column)
            return Cause(findings, [MendedText.Edit(start..<last.key.lowerBound, indent)], isClear: false)
        }
    }
}
