internal import Glibc
internal import SheafModel

/// The lines of a file, found by number without keeping where each of them begins.
///
/// Lines end at line feeds; a carriage return before one and a byte order mark belong to no line. Columns count Unicode
/// scalars from 1, as spans do.
struct SourceLines: Sendable {
    /// A place that was found before, to go on from: neighbouring findings are near each other.
    private struct Place {
        var line: Int
        var column: Int
        var offset: Int
    }

    /// One offset is kept for so many lines.
    private static let stride = 64
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    let bytes: [UInt8]
    /// Where the lines 1, 65, 129, … begin.
    private let starts: [Int]
    private var last: Place?
    /// The line that was looked for last, which is the one that most questions are about.
    private var lastLine: (number: Int, range: Range<Int>)?

    /// Takes a file's content.
    ///
    /// - Complexity: O(n), with little memory: a file may be one line of a gigabyte or a gigabyte of lines.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let first = bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
        var starts = [first]
        var line = 1
        var position = first
        while let end = Self.lineFeed(in: bytes, from: position) {
            line += 1
            position = end + 1
            if line % Self.stride == 1 { starts.append(position) }
        }
        self.starts = starts
    }

    /// The bytes of a line without its end; nil when there is no such line.
    mutating func range(of line: Int) -> Range<Int>? {
        if let lastLine, lastLine.number == line { return lastLine.range }
        let range = find(line)
        lastLine = range.map { (line, $0) }
        return range
    }

    private func find(_ line: Int) -> Range<Int>? {
        guard line >= 1, starts.indices.contains((line - 1) / Self.stride) else { return nil }
        var start = starts[(line - 1) / Self.stride]
        for _ in 0..<((line - 1) % Self.stride) {
            guard let end = Self.lineFeed(in: bytes, from: start) else { return nil }
            start = end + 1
        }
        guard let end = Self.lineFeed(in: bytes, from: start) else { return start..<bytes.count }
        let hasReturn = end > start && bytes[end - 1] == UInt8(ascii: "\r")
        return start..<(hasReturn ? end - 1 : end)
    }

    /// Whether a line ends with a carriage return and a line feed.
    mutating func endsWithReturn(_ line: Int) -> Bool {
        guard let range = range(of: line) else { return false }
        return range.upperBound < bytes.count && bytes[range.upperBound] == UInt8(ascii: "\r")
    }

    /// Where a column of a line begins, as a byte offset.
    ///
    /// - Returns: Nil when the line does not reach so far; the end of the line is a place too.
    mutating func offset(line: Int, column: Int) -> Int? {
        guard column >= 1, let range = range(of: line) else { return nil }
        var place = Place(line: line, column: 1, offset: range.lowerBound)
        if let last, last.line == line, last.column <= column { place = last }
        while place.column < column {
            guard place.offset < range.upperBound else { return nil }
            place.offset += 1
            while place.offset < range.upperBound, bytes[place.offset] & 0xC0 == 0x80 { place.offset += 1 }
            place.column += 1
        }
        last = place
        return place.offset
    }

    /// The bytes of a span.
    ///
    /// - Returns: Nil when it is not within the text, or ends before it begins.
    mutating func range(of span: SourceSpan) -> Range<Int>? {
        guard let start = offset(line: span.line, column: span.column),
            let end = offset(line: span.endLine, column: span.endColumn), start <= end
        else { return nil }
        return start..<end
    }

    private static func lineFeed(in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { buffer in
            guard start < buffer.count, let base = buffer.baseAddress,
                let found = memchr(base + start, Int32(UInt8(ascii: "\n")), buffer.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
