/// Brackets that are not closed, and texts that begin with a bracket but are no list and no mapping.
enum BracketCause: CauseDetector {
    private static let reach = 200

    static func causes(in text: BrokenText) -> [Cause] {
        var causes: [Cause] = []
        for index in text.lines[...text.failing].indices.suffix(reach).reversed() {
            let line = text.lines[index]
            guard line.role == .content, let first = line.value.first else { continue }
            if let open = line.openBracket { causes.append(unclosed(open, line, text)) }
            let isBracket = text.bytes[first] == .leftBrace || text.bytes[first] == .leftBracket
            if isBracket, !line.goesOn, index == text.failing { causes.append(meantAsText(line, text)) }
            if causes.count >= 4 { break }
        }
        return causes
    }

    private static func unclosed(_ open: Int, _ line: TextLine, _ text: BrokenText) -> Cause {
        var closing: [UInt8] = []
        for byte in text.bytes[line.value] {
            switch byte {
            case .leftBrace: closing.append(.rightBrace)
            case .leftBracket: closing.append(.rightBracket)
            case .rightBrace, .rightBracket: _ = closing.popLast()
            default: break
            }
        }
        let missing = String(decoding: closing.reversed(), as: UTF8.self)
        let finding = TextFinding(
            .unclosedBracket,
            "the bracket that opens here is not closed",
            at: open..<open + 1,
            help: missing.isEmpty ? "check the brackets of this line" : "close it with '\(missing)'"
        )
        let end = line.value.upperBound
        return Cause(finding, [MendedText.Edit(end..<end, missing)], isClear: false)
    }

    private static func meantAsText(_ line: TextLine, _ text: BrokenText) -> Cause {
        let isBrace = text.bytes[line.value.lowerBound] == .leftBrace
        let finding = TextFinding(
            .unquotedText,
            "a value that begins with '\(isBrace ? "{" : "[")' is read as a \(isBrace ? "mapping" : "list"), which "
                + "\(text.quoted(line.value)) is not",
            at: line.value,
            help: "check the brackets and commas, or put the text in quotes"
        )
        return Cause(finding, PlaceholderCause.quoting(line.value, text), isClear: false)
    }
}
