package import SheafModel

/// A file's bytes with the places of its lines.
package struct SourceText: Sendable {
    /// How the file is shown.
    package let file: String
    /// Valid UTF-8, without a byte order mark.
    package let bytes: [UInt8]
    /// The offset of the first byte of each line; lines end with a line feed.
    let lineStarts: [UInt32]

    /// Takes bytes that were checked to be UTF-8.
    init(_ bytes: [UInt8], file: String) {
        self.file = file
        self.bytes = bytes
        var starts: [UInt32] = [0]
        bytes.withUnsafeBufferPointer { bytes in
            for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
                starts.append(UInt32(index + 1))
            }
        }
        lineStarts = starts
    }

    package var lineCount: Int { lineStarts.count }

    /// The bytes of a 1-based line without its line end; empty when there is none.
    package func lineRange(_ number: Int) -> Range<Int> {
        guard lineStarts.indices.contains(number - 1) else { return bytes.count..<bytes.count }
        let start = Int(lineStarts[number - 1])
        var end = number < lineStarts.count ? Int(lineStarts[number]) - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return start..<end
    }

    /// A 1-based line without its line end; empty when there is none.
    package func line(_ number: Int) -> String { String(decoding: bytes[lineRange(number)], as: UTF8.self) }

    /// The 1-based line that holds a byte.
    package func line(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if Int(lineStarts[middle]) <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

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
        let room = String(decoding: bytes[lineRange(number)], as: UTF8.self).unicodeScalars.count + 1
        let end = max(column, min(column + length, room))
        return SourceSpan(file: file, line: number, column: column, endLine: number, endColumn: end)
    }

    private func column(at offset: Int, _ line: Int) -> Int {
        let start = Int(lineStarts[line - 1])
        return 1 + bytes[start..<max(start, min(offset, bytes.count))].count { $0 & 0xC0 != 0x80 }
    }
}
