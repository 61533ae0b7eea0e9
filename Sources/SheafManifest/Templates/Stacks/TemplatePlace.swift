package import SheafModel

/// Where a template stands in a manifest.
///
/// In a literal block (`|`) and in a text on one line every character of the template has a place in the file. In the
/// other forms YAML joins lines or replaces escapes: there only the text as a whole has one.
package struct TemplatePlace: Sendable {
    /// Of the text; of a block, its first line with the `|`.
    package var span: SourceSpan
    /// The file's bytes.
    private let source: [UInt8]

    package init(span: SourceSpan, source: [UInt8]) {
        self.span = span
        self.source = source
    }

    /// The place of a part of the template, or nil where only the whole text has one.
    ///
    /// - Complexity: Linear in the size of the file.
    func span(of range: Range<Int>, in text: TemplateText) -> SourceSpan? {
        let start = text.place(of: range.lowerBound)
        guard let offset = offset(of: text, line: start.line) else { return nil }
        let end = text.place(of: range.upperBound)
        let line = offset.line + start.line
        let column = offset.column + start.column
        let isOneLine = end.line == start.line && end.column > start.column
        let endColumn = isOneLine ? offset.column + end.column : column + 1
        return SourceSpan(file: span.file, line: line, column: column, endLine: line, endColumn: endColumn)
    }

    /// What to add to a line and a column of the template to get those of the file.
    private func offset(of text: TemplateText, line number: Int) -> (line: Int, column: Int)? {
        let header = line(span.line).dropFirst(span.column - 1)
        switch header.first {
        case "|": return blockOffset(text)
        case ">": return nil
        case let first?:
            let isQuoted = first == "\"" || first == "'"
            let content = header.dropFirst(isQuoted ? 1 : 0)
            let isSame = content.starts(with: text.scalars) && !text.scalars.contains("\n")
            return isSame && number == 1 ? (span.line - 1, span.column - 1 + (isQuoted ? 1 : 0)) : nil
        case nil: return nil
        }
    }

    /// The content of a block begins on the line after its header; the first line with text tells the indentation.
    private func blockOffset(_ text: TemplateText) -> (line: Int, column: Int)? {
        var lineNumber = span.line + 1
        for content in text.scalars.split(separator: "\n", omittingEmptySubsequences: false) {
            defer { lineNumber += 1 }
            let written = line(lineNumber)
            guard content.contains(where: { $0 != " " }) else { continue }
            let indentation = written.prefix { $0 == " " }.count - content.prefix { $0 == " " }.count
            guard indentation >= 0, written.dropFirst(indentation).elementsEqual(content) else { return nil }
            return (span.line, indentation)
        }
        return nil
    }

    /// A 1-based line of the file, without its end.
    private func line(_ number: Int) -> ArraySlice<Unicode.Scalar> {
        var start = source.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        for _ in 1..<max(number, 1) {
            guard let end = source[start...].firstIndex(of: UInt8(ascii: "\n")) else { return [] }
            start = end + 1
        }
        let bytes = source[start...].prefix { $0 != UInt8(ascii: "\n") }
        var scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)[...]
        if scalars.last == "\r" { scalars.removeLast() }
        return scalars
    }
}
