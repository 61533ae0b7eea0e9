package import SheafModel

/// Writes diagnostics for people: the lines they are about with marks below, other places that explain them, the remedy.
///
/// Make one for all diagnostics of a run, and give it them in file order: each file is then looked through once.
package struct DiagnosticText {
    /// The widest line of source text that is shown where no terminal says how wide it is.
    package static let defaultWidth = 140
    private static let leastWidth = 40
    /// A span of more lines is shown by its first ones and its last.
    private static let mostLines = 5

    private let sources: [String: [UInt8]]
    private let paint: Paint
    private let width: Int
    private var files: [String: SourceLines] = [:]
    private var masks: [String: MaskedLines] = [:]

    /// Makes a writer.
    ///
    /// - Parameters:
    ///   - sources: Display path -> bytes; a file that is missing is named without its text.
    ///   - colour: Whether to add terminal colours.
    ///   - width: How many columns there are; longer lines of the source are cut around what is meant.
    package init(sources: [String: [UInt8]], colour: Bool, width: Int = Self.defaultWidth) {
        self.sources = sources
        self.width = max(width, Self.leastWidth)
        paint = Paint(isOn: colour)
    }

    /// Renders a single diagnostic without a line feed at the end.
    package static func render(_ diagnostic: Diagnostic, sources: [String: [UInt8]], colour: Bool) -> String {
        var text = DiagnosticText(sources: sources, colour: colour)
        return text.render(diagnostic)
    }

    /// Renders one diagnostic on several lines, without a line feed at the end.
    ///
    /// Whatever a manifest holds, the result moves no cursor and changes no terminal.
    package mutating func render(_ diagnostic: Diagnostic) -> String {
        let severity = diagnostic.severity
        let label = paint.severity("\(severity.rawValue)[\(diagnostic.code)]", severity)
        var lines = ["\(label)\(paint.bold(": " + PrintableText.oneLine(diagnostic.message)))"]
        let numbers = ([diagnostic.span] + diagnostic.related.map(\.span)).compactMap { $0 }.flatMap(shownLines)
        let margin = String(repeating: " ", count: numbers.max().map { String($0).count } ?? 1)
        if let span = diagnostic.span {
            lines.append("\(margin)\(paint.margin("-->")) \(place(span))")
            lines += snippet(span, margin, "^") { [paint] in paint.severity($0, severity) }
        }
        for related in diagnostic.related {
            let message = PrintableText.oneLine(related.message)
            lines.append("\(margin)\(paint.margin(":::")) \(place(related.span)): \(message)")
            lines += snippet(related.span, margin, "-") { [paint] in paint.margin($0) }
        }
        if let help = diagnostic.help { lines.append(remark("help", help, margin)) }
        if let fix = diagnostic.fix, fix.isSafe { lines.append(remark("fix", "\(fix.title) (--fix does it)", margin)) }
        return lines.joined(separator: "\n")
    }

    private func remark(_ label: String, _ text: String, _ margin: String) -> String {
        "\(margin) \(paint.margin("=")) \(label): \(PrintableText.oneLine(text))"
    }

    private func place(_ span: SourceSpan) -> String {
        "\(PrintableText.oneLine(span.file)):\(span.line):\(span.column)"
    }

    /// The numbers of the lines that are shown of a span.
    private func shownLines(of span: SourceSpan) -> [Int] {
        let last = max(span.line, span.endColumn == 1 ? span.endLine - 1 : span.endLine)
        guard last - span.line >= Self.mostLines else { return Array(span.line...last) }
        return Array(span.line..<(span.line + Self.mostLines - 2)) + [last]
    }

    private mutating func snippet(
        _ span: SourceSpan,
        _ margin: String,
        _ sign: Character,
        _ colour: (String) -> String
    ) -> [String] {
        guard sources[span.file] != nil || files[span.file] != nil else { return [] }
        var file = files[span.file] ?? SourceLines(sources[span.file] ?? [])
        let masks = self.masks[span.file] ?? MaskedLines(file.bytes, path: span.file, known: KnownSecrets(of: []))
        defer { (files[span.file], self.masks[span.file]) = (file, masks) }
        let bar = paint.margin("|")
        var lines: [String] = []
        var before = span.line
        for number in shownLines(of: span) where file.range(of: number) != nil {
            if number > before + 1 { lines.append("\(margin) \(paint.margin(":"))") }
            before = number
            let excerpt = Self.excerpt(of: &file, masks, span, number, sign, width: width - margin.count - 3)
            let label = String(repeating: " ", count: margin.count - String(number).count) + String(number)
            lines.append("\(paint.margin(label)) \(bar) \(excerpt.text)".trimmedAtEnd)
            let indent = excerpt.marks.prefix { $0 == " " }
            lines.append("\(margin) \(bar) \(indent)\(colour(String(excerpt.marks.dropFirst(indent.count))))")
        }
        return lines.isEmpty ? [] : ["\(margin) \(bar)"] + lines
    }

    /// A line with marks; whoever reads a finding need not see the secrets around it.
    private static func excerpt(
        of file: inout SourceLines,
        _ masks: MaskedLines,
        _ span: SourceSpan,
        _ number: Int,
        _ sign: Character,
        width: Int
    ) -> SourceExcerpt {
        let columns = columns(of: span, in: number, of: &file)
        guard let text = masks.line(number - 1), let range = file.range(of: number) else {
            return SourceExcerpt(of: &file, line: number, columns: columns, sign: sign, width: width)
        }
        let start = file.offset(line: number, column: columns.lowerBound) ?? range.upperBound
        let end = max(start, file.offset(line: number, column: columns.upperBound) ?? range.upperBound)
        let shown = masks.shown(start..<end, in: number - 1)
        let bytes = Array(text.utf8)
        func column(_ offset: Int) -> Int {
            // A byte order mark takes no column.
            1 + String(decoding: bytes.prefix(offset), as: UTF8.self).unicodeScalars.count { $0 != "\u{FEFF}" }
        }
        var line = SourceLines(bytes + [UInt8(ascii: "\n")])
        let marked = column(shown.lowerBound)..<column(shown.upperBound)
        return SourceExcerpt(of: &line, line: 1, columns: marked, sign: sign, width: width)
    }

    /// What is marked in one line of a span: of the later ones everything but the indentation.
    private static func columns(of span: SourceSpan, in line: Int, of file: inout SourceLines) -> Range<Int> {
        let range = file.range(of: line) ?? 0..<0
        let bytes = file.bytes[range]
        let indent = bytes.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
        let first = line == span.line ? span.column : indent + 1
        let end = line == span.endLine ? span.endColumn : Int.max
        return first..<max(first, end)
    }
}

extension String {
    fileprivate var trimmedAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// Terminal colours, or none.
private struct Paint {
    let isOn: Bool

    func bold(_ text: String) -> String { wrap(text, "1") }
    func margin(_ text: String) -> String { wrap(text, "34") }

    func severity(_ text: String, _ severity: Diagnostic.Severity) -> String {
        switch severity {
        case .error: wrap(text, "1;31")
        case .warning: wrap(text, "1;33")
        case .note: wrap(text, "1;36")
        }
    }

    private func wrap(_ text: String, _ code: String) -> String { isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}
