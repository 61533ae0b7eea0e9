import SheafModel
import SheafPostgres

/// A result as a table in the drawing of Steampipe: its columns are as wide as their widest cell.
///
/// The rows wait in a spool until all are seen, so memory does not grow with them.
final class TablePrinter: ResultPrinter {
    private let names: [ShownCell]
    private let hasHeader: Bool
    private let output: QueryOutput
    private let spool = RowSpool()
    private var widths: [Int]

    init(_ columns: [PostgresColumn], hasHeader: Bool, _ output: QueryOutput) {
        names = columns.map { ShownCell($0.name) }
        self.hasHeader = hasHeader
        self.output = output
        widths = names.map { hasHeader ? $0.width : 0 }
    }

    func row(_ values: [String?]) throws {
        for (index, value) in values.enumerated() where index < widths.count {
            widths[index] = max(widths[index], ShownCell(value).width)
        }
        try spool.add(values)
    }

    func end() throws {
        // A statement without columns, such as `select`, has nothing to draw.
        guard !names.isEmpty else { return }
        let rule = "+" + widths.map { String(repeating: "-", count: $0 + 2) + "+" }.joined() + "\n"
        output.write(rule)
        if hasHeader { output.write(drawn(names) + rule) }
        try spool.forEach { output.write(drawn($0.map(ShownCell.init))) }
        output.write(rule)
    }

    /// As many lines as the tallest cell has.
    private func drawn(_ cells: [ShownCell]) -> String {
        let height = cells.map(\.lines.count).max() ?? 0
        return (0..<height).map { line in
            let parts = zip(cells, widths).map { cell, width in
                let text = line < cell.lines.count ? cell.lines[line] : ""
                return " \(text)\(String(repeating: " ", count: width - PrintableText.width(text))) |"
            }
            return "|\(parts.joined())\n"
        }.joined()
    }
}

/// A value as a terminal may show it: its line ends count, other control characters are made visible.
struct ShownCell: Hashable {
    let lines: [String]

    init(_ value: String?) {
        lines = (value ?? ShownNull.text).split(omittingEmptySubsequences: false) { $0.isNewline }
            .map { PrintableText.oneLine(String($0)) }
    }

    var width: Int { lines.map(PrintableText.width).max() ?? 0 }
}
