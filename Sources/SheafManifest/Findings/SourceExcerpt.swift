internal import SheafModel

/// A piece of one line of a file, with marks below the part that is meant.
///
/// However long the line is, only what is near the marked part is read and shown; what would move the cursor of a
/// terminal is replaced by visible signs.
struct SourceExcerpt {
    private struct Cell {
        var text: String
        var width: Int
        var isMarked: Bool
    }

    private static let ellipsis = "…"
    private static let tab = "    "

    /// The piece of the line, with `…` where it is cut.
    let text: String
    /// Blanks and signs to write below it.
    let marks: String

    /// Cuts a line around some of its columns.
    ///
    /// - Parameters:
    ///   - lines: The file.
    ///   - line: An existing line.
    ///   - columns: What is marked; at least one sign is written, also for an empty range.
    ///   - sign: What marks it.
    ///   - width: How many columns of a terminal there are.
    init(of lines: inout SourceLines, line: Int, columns: Range<Int>, sign: Character, width: Int) {
        let range = lines.range(of: line) ?? 0..<0
        let columns = columns.lowerBound..<max(columns.upperBound, columns.lowerBound + 1)
        let atStart = Self.cells(of: lines.bytes[range], from: 1, marked: columns, room: width)
        if !atStart.isCut || Self.shows(atStart.cells, columns) {
            (text, marks) = Self.draw(atStart.cells, isCutBefore: false, isCutAfter: atStart.isCut, sign)
            return
        }
        let first = max(1, columns.lowerBound - width / 4)
        let start = lines.offset(line: line, column: first) ?? range.upperBound
        let rest = lines.bytes[start..<range.upperBound]
        let near = Self.cells(of: rest, from: first, marked: columns, room: width - 1)
        (text, marks) = Self.draw(near.cells, isCutBefore: first > 1, isCutAfter: near.isCut, sign)
    }

    /// The whole part, or enough of it to be understood.
    private static func shows(_ cells: [Cell], _ columns: Range<Int>) -> Bool {
        cells.count >= min(columns.upperBound - 1, columns.lowerBound + cells.count / 2)
    }

    /// The signs of the bytes as far as there is room, and whether some are left.
    private static func cells(
        of bytes: ArraySlice<UInt8>,
        from first: Int,
        marked: Range<Int>,
        room: Int
    ) -> (cells: [Cell], isCut: Bool) {
        // A scalar has four bytes at most; those that take no room are cut off where they are too many.
        let part = bytes.prefix(4 * room + 4)
        var cells: [Cell] = []
        var width = 0
        var column = first
        var count = 0
        for scalar in String(decoding: part, as: UTF8.self).unicodeScalars {
            let cell = scalar == "\t" ? (tab, tab.count) : shown(scalar)
            if width + cell.1 > room - 1, bytes.count - count > UTF8.width(scalar) || width + cell.1 > room {
                return (cells, true)
            }
            cells.append(Cell(text: cell.0, width: cell.1, isMarked: marked.contains(column)))
            width += cell.1
            column += 1
            count += UTF8.width(scalar)
        }
        return (cells, part.count < bytes.count)
    }

    private static func shown(_ scalar: Unicode.Scalar) -> (String, Int) {
        let (sign, width) = PrintableText.cell(of: scalar)
        return (String(Character(sign)), width)
    }

    private static func draw(
        _ cells: [Cell],
        isCutBefore: Bool,
        isCutAfter: Bool,
        _ sign: Character
    ) -> (text: String, marks: String) {
        var text = isCutBefore ? ellipsis : ""
        var marks = isCutBefore ? " " : ""
        var isMarked = false
        for cell in cells {
            text += cell.text
            isMarked = isMarked || cell.isMarked
            marks += String(repeating: cell.isMarked ? sign : " ", count: cell.width)
        }
        if isCutAfter { text += ellipsis }
        // A part behind the end of the line.
        if !isMarked { marks.append(sign) }
        while marks.last == " " { marks.removeLast() }
        return (text, marks)
    }
}
