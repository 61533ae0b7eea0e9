package import SheafModel

/// A file's bytes with the places of its lines.
package struct SourceText: Sendable {
    /// How the file is shown.
    package let file: String
    /// Valid UTF-8, without a byte order mark.
    package let bytes: [UInt8]
    private let table: LineTable

    /// Takes bytes that were checked to be UTF-8.
    init(_ bytes: [UInt8], file: String, isASCII: Bool = false) {
        self.file = file
        self.bytes = bytes
        table = LineTable(isASCII: isASCII)
    }

    package var lineCount: Int { table.count(bytes) }

    /// The bytes of a 1-based line without its line end; empty when there is none.
    package func lineRange(_ number: Int) -> Range<Int> {
        guard let start = table.start(number, bytes) else { return bytes.count..<bytes.count }
        var end = table.start(number + 1, bytes).map { $0 - 1 } ?? bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return start..<end
    }

    /// A 1-based line without its line end; empty when there is none.
    package func line(_ number: Int) -> String { String(decoding: bytes[lineRange(number)], as: UTF8.self) }

    /// The 1-based line that holds a byte.
    package func line(at offset: Int) -> Int { table.line(at: offset, bytes) }

    /// Whether the bytes at an offset are those of a text.
    func stands(_ text: String, at offset: Int) -> Bool { bytes[min(offset, bytes.count)...].starts(with: text.utf8) }

    /// The place of some bytes; columns count Unicode scalars.
    package func span(_ range: Range<UInt32>) -> SourceSpan { span(Int(range.lowerBound)..<Int(range.upperBound)) }

    /// The place of some bytes; columns count Unicode scalars.
    package func span(_ range: Range<Int>) -> SourceSpan {
        let line = self.line(at: range.lowerBound)
        let endLine = self.line(at: range.upperBound)
        return SourceSpan(
            file: file,
            line: line,
            column: column(at: range.lowerBound, line),
            endLine: endLine,
            endColumn: column(at: range.upperBound, endLine)
        )
    }

    /// The place of a 1-based column of a line and of some scalars behind it, cut at the end of the line.
    package func span(line number: Int, column: Int, length: Int) -> SourceSpan {
        let room = self.column(at: lineRange(number).upperBound, number)
        let end = max(column, min(column + length, room))
        return SourceSpan(file: file, line: number, column: column, endLine: number, endColumn: end)
    }

    private func column(at offset: Int, _ line: Int) -> Int {
        let start = table.start(line, bytes) ?? bytes.count
        let end = max(start, min(offset, bytes.count))
        return 1 + table.scalars(before: end, bytes) - table.scalars(before: start, bytes)
    }
}
