internal import SheafModel

/// A file's text by lines, for finding where a scalar ends.
struct SourceText {
    let file: String
    /// Without line ends.
    let lines: [Substring]

    init(_ text: String, file: String) {
        self.file = file
        lines = Self.lines(of: text)
    }

    /// Splits at line feeds and drops carriage returns before them.
    static func lines(of text: String) -> [Substring] {
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            let bare = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            return Substring(bare)
        }
    }

    /// A 1-based line; empty when there is none.
    func line(_ number: Int) -> Substring {
        lines.indices.contains(number - 1) ? lines[number - 1] : ""
    }

    /// The part of a line from a 1-based column on.
    func rest(line number: Int, column: Int) -> Substring.UnicodeScalarView {
        line(number).unicodeScalars.dropFirst(column - 1)
    }

    /// A span of some length on one line, cut at the end of the line.
    func span(line number: Int, column: Int, length: Int) -> SourceSpan {
        let room = line(number).utf8.count < column + length ? rest(line: number, column: column).count : length
        let end = column + min(length, room)
        return SourceSpan(file: file, line: number, column: column, endLine: number, endColumn: end)
    }

    /// The span from a column to the end of the line, without white space at its end.
    func spanToLineEnd(line number: Int, column: Int) -> SourceSpan {
        var rest = rest(line: number, column: column)
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return SourceSpan(file: file, line: number, column: column, endLine: number, endColumn: column + rest.count)
    }

    /// The span of a quoted scalar that begins at a column; to the end of the line when it does not end there.
    func quotedSpan(line number: Int, column: Int, quote: Unicode.Scalar) -> SourceSpan {
        let rest = rest(line: number, column: column)
        var length = 1
        var isEscaped = false
        for scalar in rest.dropFirst() {
            length += 1
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\", quote == "\"" {
                isEscaped = true
            } else if scalar == quote {
                return span(line: number, column: column, length: length)
            }
        }
        return spanToLineEnd(line: number, column: column)
    }
}
