import SheafPostgres

/// A result as CSV by RFC 4180; nulls are empty.
final class CsvPrinter: ResultPrinter {
    private let output: QueryOutput
    private let separator: Character

    init(_ columns: [PostgresColumn], _ form: QueryForm, _ output: QueryOutput) {
        self.output = output
        separator = form.separator
        if form.hasHeader { row(columns.map(\.name)) }
    }

    func row(_ values: [String?]) {
        output.write(values.map { quoted($0 ?? "") }.joined(separator: String(separator)) + "\n")
    }

    func end() {}

    /// A field of its own in quotes where it could be read as something else.
    private func quoted(_ field: String) -> String {
        let isPlain =
            field != "\\." && field.first?.isWhitespace != true
            && !field.contains { $0 == separator || $0 == "\"" || $0.isNewline }
        return isPlain ? field : "\"\(field.replacing("\"", with: "\"\""))\""
    }
}
