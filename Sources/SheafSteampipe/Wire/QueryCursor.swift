import SheafPostgres

/// The rows that a pushed-down query gives.
protocol QueryCursor: AnyObject {
    /// What the columns of the result are called.
    var resultColumns: [String] { get }

    /// Writes the next rows as messages.
    ///
    /// - Returns: How many; fewer than asked for only at the end.
    func fetch(_ count: Int, into buffer: WireBuffer) throws -> Int

    /// Gets rows ready that will probably be asked for, while the client works on those it has.
    func lookAhead(_ count: Int)
}

extension PushedQuery {
    /// Opens the cursor for the query.
    ///
    /// Nothing is read before the first row is asked for.
    /// - Throws: `SteampipeError` for unknown tables and columns, and for a missing required qual.
    func open(in catalog: Catalog, _ cancellation: Cancellation) throws -> any QueryCursor {
        let table = try catalog.table(schema, self.table)
        if case .columns(let names) = targets {
            let known = Set(table.allColumns.map(\.name))
            for name in names where !known.contains(name) {
                throw SteampipeError(
                    "steampipe.unknown-column",
                    "the column \(name) of \(schema).\(self.table) is gone",
                    hint: "run the query again in a moment: the schema is being refreshed"
                )
            }
        }
        if condition == nil, let cursor = PackedCursor(self, table, cancellation) { return cursor }
        return try RowCursor(self, table, cancellation)
    }

    /// What the columns of the result are called.
    var resultColumns: [String] {
        switch targets {
        case .columns(let names): names
        case .nulls: ["?column?"]
        case .count: ["count"]
        }
    }
}

/// Rows that are made one after the other, and held against a condition; never more than are asked for.
final class RowCursor: QueryCursor {
    private let query: PushedQuery
    private let table: CatalogTable
    private let request: ScanRequest
    private let columns: [String: Int]
    private var sources: ArraySlice<CatalogTable.Source>
    private var rows: SourceRows?
    private var skipped = 0
    private var given = 0
    private var isCounted = false

    init(_ query: PushedQuery, _ table: CatalogTable, _ cancellation: Cancellation) throws {
        self.query = query
        self.table = table
        var columns: [String: Int] = [:]
        for (index, column) in table.allColumns.enumerated() { columns[column.name] = index }
        self.columns = columns
        request = ScanRequest(
            values: try Self.values(query, table: table),
            cancellation: cancellation
        )
        sources = table.sources[...]
    }

    /// The values that key columns may have.
    private static func values(_ query: PushedQuery, table: CatalogTable) throws -> [String: [String]] {
        var values: [String: [String]] = [:]
        for key in table.keyColumns {
            if let operands = query.condition?.values(of: key.name) {
                var list: [String] = []
                for case .constant(let text?) in operands
                where !list.contains(where: { $0.utf8.elementsEqual(text.utf8) }) { list.append(text) }
                values[key.name] = list
            } else if key.isRequired {
                throw missing(key, of: table)
            }
        }
        return values
    }

    /// The text is Steampipe's own, which people search for.
    private static func missing(_ key: KeyColumn, of table: CatalogTable) -> SteampipeError {
        SteampipeError(
            "steampipe.missing-qual",
            "rpc error: code = Internal desc = 'List' call for table '\(table.name)' is missing 1 required qual: "
                + "column:'\(key.name)' operator: ="
        )
    }

    var resultColumns: [String] { query.resultColumns }

    func fetch(_ count: Int, into buffer: WireBuffer) throws -> Int {
        var sent = 0
        while sent < count, let row = try next() {
            // All values are checked before anything is written: a row is whole or not there.
            let values = try row.map { value in
                if let value, value.utf8.contains(0) { throw SteampipeError.zeroInText }
                return value.map { Array($0.utf8) }
            }
            var message = RowMessage(
                in: buffer,
                columns: values.count,
                bytes: values.reduce(0) { $0 + ($1?.count ?? 0) }
            )
            for value in values {
                if let value { message.value(value) } else { message.null() }
            }
            message.finish()
            sent += 1
        }
        return sent
    }

    /// A row may cost something, such as a command that runs.
    func lookAhead(_ count: Int) {}

    /// The next row of the result; nil at the end.
    private func next() throws -> [String?]? {
        if query.targets == .count {
            guard !isCounted else { return nil }
            isCounted = true
            var count = 0
            while try fitting() != nil { count += 1 }
            return query.offset > 0 || query.limit == 0 ? nil : [String(count)]
        }
        if let limit = query.limit, given >= limit { return nil }
        while skipped < query.offset {
            guard try fitting() != nil else { return nil }
            skipped += 1
        }
        guard let row = try fitting() else { return nil }
        given += 1
        guard case .columns(let names) = query.targets else { return [nil] }
        return names.map { name in columns[name].flatMap { row[$0] } }
    }

    /// The next row that fits the condition, with all columns.
    private func fitting() throws -> [String?]? {
        while true {
            try request.cancellation.check()
            guard let row = try rows?.next() else {
                rows = nil
                guard let source = sources.popFirst() else { return nil }
                rows = try SourceRows(source, of: table, request: request)
                continue
            }
            guard let condition = query.condition else { return row }
            if condition.holds({ name in columns[name].flatMap { row[$0] } }) == true { return row }
        }
    }
}

/// The rows of one source, with the columns of the table it is a part of.
private final class SourceRows {
    private let rows: any RowStream
    /// For each column of the table where the source has it; nil when it has not.
    private let places: [Int?]
    private let context: [String?]

    init(_ source: CatalogTable.Source, of table: CatalogTable, request: ScanRequest) throws {
        rows = try source.table.rows(request)
        let own = source.table.columns
        places = table.columns.map { column in own.firstIndex { $0.name == column.name } }
        context = CatalogTable.contextColumns.map { source.context[$0.name] }
    }

    func next() throws -> [String?]? {
        guard let row = try rows.next() else { return nil }
        return places.map { place in place.flatMap { row[$0] } } + context
    }
}
