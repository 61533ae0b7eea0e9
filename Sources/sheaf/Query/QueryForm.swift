import ArgumentParser
import SheafPostgres

/// How results are shown, in the forms that Steampipe has.
struct QueryForm: Hashable {
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case table, csv, json, line
    }

    var kind: Kind
    /// Whether tables and CSV begin with the names of the columns.
    var hasHeader = true
    /// Between the fields of CSV.
    var separator: Character = ","

    /// Whether the names of the types are needed.
    var needsTypes: Bool { kind == .json }

    /// Whether an empty line stands between results; JSON values need none.
    var partsResults: Bool { kind != .json }

    func printer(
        _ columns: [PostgresColumn],
        types: [Int: String],
        _ output: QueryOutput
    ) -> any ResultPrinter {
        switch kind {
        case .table: TablePrinter(columns, hasHeader: hasHeader, output)
        case .csv: CsvPrinter(columns, self, output)
        case .json: JsonPrinter(columns, types: types, output)
        case .line: LinePrinter(columns, output)
        }
    }
}

/// Shows one result, row by row.
protocol ResultPrinter: AnyObject {
    func row(_ values: [String?]) throws
    func end() throws
}

/// What Steampipe shows for the null of SQL.
enum ShownNull { static let text = "<null>" }
