import SheafPostgres

/// A CSV file as a table; every column is text.
struct CsvTable: PackedTable {
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
        let reader = CsvReader(try CsvSource(path, cancellation: try Cancellation()), format: format)
        guard try reader.advance() else { return nil }
        guard let (names, _) = format.columns(of: reader.texts) else {
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

    func rows(_ request: ScanRequest) throws -> any RowStream { try open(request.cancellation) }

    func packedRows(_ cancellation: Cancellation) throws -> any PackedRows { try open(cancellation) }

    private func open(_ cancellation: Cancellation) throws -> CsvRows {
        let reader = CsvReader(try CsvSource(path, cancellation: cancellation), format: format)
        guard try reader.advance() else { return CsvRows(reader, .atEnd, log: log) }
        guard let (names, isHeader) = format.columns(of: reader.texts), names == columns.map(\.name) else {
            throw SteampipeError(
                "steampipe.csv-changed",
                "the columns of \(path) have changed",
                hint: "run the query again in a moment: the schema is being refreshed"
            )
        }
        return CsvRows(reader, isHeader ? .behindRow : .beforeRow, log: log)
    }
}

/// The records of a file behind its header.
private final class CsvRows: RowStream, PackedRows {
    enum Place { case beforeRow, behindRow, atEnd }

    private let reader: CsvReader
    private var place: Place
    private let log: ServiceLog

    /// The place says where the reader's current record is seen from.
    init(_ reader: CsvReader, _ place: Place, log: ServiceLog) {
        self.reader = reader
        self.place = place
        self.log = log
    }

    /// Whether there is a row that was not given yet, which is then the current one.
    private func advance() throws -> Bool {
        switch place {
        case .beforeRow: return true
        case .behindRow:
            place = try reader.advance() ? .beforeRow : .atEnd
            return place == .beforeRow
        case .atEnd: return false
        }
    }

    func next() throws -> [String?]? {
        guard try advance() else { return nil }
        place = .behindRow
        return reader.texts
    }

    func pack(
        atMost count: Int,
        of parts: [PackedPart],
        into buffer: WireBuffer,
        counting total: inout Int
    ) throws {
        let end = total + count
        while total < end, try advance() {
            try reader.write(parts, into: buffer)
            place = .behindRow
            total += 1
        }
    }

    func skip(atMost count: Int) throws -> Int {
        var passed = 0
        while passed < count, try advance() {
            place = .behindRow
            passed += 1
        }
        return passed
    }

    deinit {
        guard reader.skipped > 0 else { return }
        log.write(
            "csv: skipped \(reader.skipped) malformed rows of \(reader.path), the first in line \(reader.firstSkippedLine)"
        )
    }
}
