import SheafModel

/// A table as text: columns aligned, headings in upper case, no blanks at the ends of lines.
package struct TableText: Sendable, Hashable {
    /// Two blanks between columns, as kubectl and Helm have it.
    private static let gap = "  "

    package var headings: [String]
    package private(set) var rows: [[String]] = []

    /// Makes an empty table.
    package init(_ headings: [String]) { self.headings = headings }

    /// Adds a row; missing cells are empty, and cells beyond the last heading are dropped.
    package mutating func add(_ cells: [String?]) {
        rows.append(headings.indices.map { cells.indices.contains($0) ? cells[$0] ?? "" : "" })
    }

    /// The lines with their ends; a table without rows is its headings.
    package func render() -> String {
        let lines = lines, widths = widths
        return lines.map { Self.line($0, widths: widths) + "\n" }.joined()
    }

    /// The rows alone, in columns no narrower than those of a table that they are shown below.
    package func renderRows(below shown: TableText) -> String {
        let widths = zip(widths, shown.widths).map { max($0, $1) }
        return lines.dropFirst().map { Self.line($0, widths: widths) + "\n" }.joined()
    }

    private var lines: [[String]] {
        ([headings.map { $0.uppercased() }] + rows).map { $0.map(PrintableText.oneLine) }
    }

    private var widths: [Int] {
        let lines = lines
        return headings.indices.map { column in lines.map { PrintableText.width($0[column]) }.max() ?? 0 }
    }

    private static func line(_ cells: [String], widths: [Int]) -> String {
        var line = zip(cells, widths)
            .map { cell, width in cell + String(repeating: " ", count: width - PrintableText.width(cell)) }
            .joined(separator: gap)
        while line.last == " " { line.removeLast() }
        return line
    }
}
