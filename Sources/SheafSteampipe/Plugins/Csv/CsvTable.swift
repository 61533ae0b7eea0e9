/// A CSV file as a table; every column is text.
struct CsvTable: PluginTable {
    let name: String
    let columns: [Column]
    let path: String
    let format: CsvFormat
    let log: ServiceLog

    var description: String { "CSV file at \(path)" }
    var keyColumns: [KeyColumn] { [] }

    /// Reads the first record of a file.
    ///
    /// - Returns: Nil for an empty file.
    /// - Throws: When the file cannot be read, or its first record is no header where one is demanded.
    init?(name: String, path: String, format: CsvFormat, log: ServiceLog) throws {
        let reader = CsvReader(try LineReader(path, cancellation: try Cancellation()), format: format)
        guard let record = try reader.next() else { return nil }
        guard let (names, _) = format.columns(of: record) else {
            throw SteampipeError(
                "steampipe.csv-header",
                "the header of \(path) has an empty or a repeated column name",
                hint: "mend the header, or set header = \"auto\" or \"off\""
            )
        }
        self.name = name
        self.path = path
        self.format = format
        self.log = log
        columns = names.enumerated().map { Column($1, .text, "Field \($0).") }
    }

    func rows(_ request: ScanRequest) throws -> any RowStream {
        let reader = CsvReader(try LineReader(path, cancellation: request.cancellation), format: format)
        let record = try reader.next()
        guard let record else { return ListedRows([]) }
        guard let (names, isHeader) = format.columns(of: record), names == columns.map(\.name) else {
            throw SteampipeError(
                "steampipe.csv-changed",
                "the columns of \(path) have changed",
                hint: "run the query again in a moment: the schema is being refreshed"
            )
        }
        return CsvRows(reader, first: isHeader ? nil : record, path: path, log: log)
    }
}

/// The records of a file behind its header.
private final class CsvRows: RowStream {
    private let reader: CsvReader
    private var first: [String]?
    private let path: String
    private let log: ServiceLog

    init(_ reader: CsvReader, first: [String]?, path: String, log: ServiceLog) {
        self.reader = reader
        self.first = first
        self.path = path
        self.log = log
    }

    func next() throws -> [String?]? {
        if let row = first {
            first = nil
            return row
        }
        return try reader.next()
    }

    deinit {
        guard reader.skipped > 0 else { return }
        log.write(
            "csv: skipped \(reader.skipped) malformed rows of \(path), the first in line \(reader.firstSkippedLine)"
        )
    }
}
