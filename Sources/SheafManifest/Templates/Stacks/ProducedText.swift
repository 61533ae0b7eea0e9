internal import SheafModel

/// Text that a template made and that should be YAML, with the way back into the template.
struct ProducedText {
    /// A line, with where it was in what the template wrote.
    private struct Line {
        var text: Substring
        /// 1-based, in the whole of what the template wrote.
        var number: Int
        /// What stands before it there, in characters.
        var indentation: Int
    }

    /// A key that was taken out, since another place gives the same.
    struct Duplicate {
        var key: String
        var range: Range<Int>
        /// Whether the one that stayed came from the workload and this one from the template.
        var yieldsToUser: Bool
    }

    private let rendered: RenderedText
    private var lines: [Line]

    /// All that a template wrote.
    init(_ rendered: RenderedText) {
        self.rendered = rendered
        lines = rendered.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
            Line(text: $1, number: $0 + 1, indentation: 0)
        }
    }

    var text: String { lines.map(\.text).joined(separator: "\n") }

    /// The text of a literal block in this one, which `content` is.
    func block(_ content: String, at span: SourceSpan) -> ProducedText? {
        var inner = self
        inner.lines = []
        var index = span.line
        for part in content.split(separator: "\n", omittingEmptySubsequences: false) {
            guard lines.indices.contains(index) else {
                guard part.isEmpty, let last = lines.last else { return nil }
                inner.lines.append(Line(text: part, number: last.number, indentation: 0))
                continue
            }
            let outer = lines[index]
            index += 1
            guard outer.text.hasSuffix(part) else { return nil }
            let before = outer.text.unicodeScalars.count - part.unicodeScalars.count
            inner.lines.append(Line(text: part, number: outer.number, indentation: outer.indentation + before))
        }
        return inner
    }

    /// Where in the template a place of this text comes from, and whether the template's own text was copied there.
    func origin(line: Int, column: Int) -> (range: Range<Int>, isCopied: Bool) {
        let line = lines.isEmpty ? nil : lines[min(max(line - 1, 0), lines.count - 1)]
        guard let line else { return (0..<1, true) }
        return rendered.origin(line: line.number, column: line.indentation + column) ?? (0..<1, true)
    }

    // MARK: Reading

    /// Reads the text as YAML, without the keys that are given twice.
    ///
    /// A value of the workload wins over one of the template; otherwise the first one stays.
    /// - Returns: The one document, nil where the text holds none; what was taken out; what is wrong.
    mutating func read() -> (document: ManifestNode?, duplicates: [Duplicate], errors: [Diagnostic]) {
        var duplicates: [Duplicate] = []
        while true {
            let (documents, diagnostics) = ManifestParser.parse(Array(text.utf8), file: "")
            let errors = diagnostics.filter { $0.severity == .error }
            guard duplicates.count < 100, let repetition = errors.first(where: Self.isDuplicate),
                let duplicate = drop(repetition)
            else { return (documents.count == 1 ? documents.first : nil, duplicates, errors) }
            duplicates.append(duplicate)
        }
    }

    private static func isDuplicate(_ diagnostic: Diagnostic) -> Bool {
        diagnostic.code == ManifestCode.duplicateKey.rawValue
    }

    /// Takes out one of two entries of the same key; nil where that is not a matter of whole lines.
    private mutating func drop(_ repetition: Diagnostic) -> Duplicate? {
        guard let second = repetition.span, let first = repetition.related.first?.span else { return nil }
        let firstIsUsers = !origin(line: first.line, column: first.column).isCopied
        let secondIsUsers = !origin(line: second.line, column: second.column).isCopied
        let loser = secondIsUsers && !firstIsUsers ? first : second
        let place = origin(line: loser.line, column: loser.column)
        guard let range = entry(at: loser) else { return nil }
        let key = lines[range.lowerBound].text.drop { $0 == " " }.prefix { $0 != ":" }
        lines.removeSubrange(range)
        return Duplicate(key: String(key), range: place.range, yieldsToUser: firstIsUsers != secondIsUsers)
    }

    /// The lines of an entry that begins at a place.
    private func entry(at span: SourceSpan) -> Range<Int>? {
        let start = span.line - 1
        guard lines.indices.contains(start) else { return nil }
        let indentation = span.column - 1
        guard lines[start].text.prefix(while: { $0 == " " }).count == indentation else { return nil }
        var end = start + 1
        while end < lines.count {
            let line = lines[end].text
            let spaces = line.prefix { $0 == " " }.count
            let isBlank = spaces == line.count
            let isElement =
                spaces == indentation && (line.dropFirst(spaces).hasPrefix("- ") || line.dropFirst(spaces) == "-")
            guard isBlank || spaces > indentation || isElement else { break }
            end += 1
        }
        // Blank lines before the next entry stay with it.
        while end > start + 1, lines[end - 1].text.allSatisfy({ $0 == " " }) { end -= 1 }
        return start..<end
    }
}
