import SheafModel
import SheafPostgres

/// A result with a line for each value.
final class LinePrinter: ResultPrinter {
    private static let rule = String(repeating: "-", count: 75)

    private let names: [String]
    private let width: Int
    private let output: QueryOutput
    private var number = 0

    init(_ columns: [PostgresColumn], _ output: QueryOutput) {
        names = columns.map { PrintableText.oneLine($0.name) }
        width = names.map(PrintableText.width).max() ?? 0
        self.output = output
    }

    func row(_ values: [String?]) {
        number += 1
        var text = "-[ RECORD \(number)\(number < 10 ? " " : "") ]\(Self.rule)\n"
        for (name, value) in zip(names, values) {
            let lines = ShownCell(value).lines
            for (index, line) in lines.enumerated() {
                let label = index == 0 ? name : ""
                let gap = String(repeating: " ", count: width - PrintableText.width(label))
                text += "\(label)\(gap) | \(line)\(index + 1 < lines.count ? " +" : "")\n"
            }
        }
        output.write(text)
    }

    func end() {}
}
