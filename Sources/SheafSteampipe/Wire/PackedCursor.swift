import SheafPostgres

/// Rows that their tables write as messages themselves, some ahead of the client.
final class PackedCursor: QueryCursor {
    private let query: PushedQuery
    private let cancellation: Cancellation
    private var sources: ArraySlice<(table: any PackedTable, parts: [PackedPart])>
    private var rows: (any PackedRows)?
    private var toSkip: Int
    /// How many rows the query may still give.
    private var left: Int
    private var isCounted = false
    private let ahead = WireBuffer()
    private var rowsAhead = 0

    /// Nil when a table has no packed rows to give.
    init?(_ query: PushedQuery, _ table: CatalogTable, _ cancellation: Cancellation) {
        self.query = query
        self.cancellation = cancellation
        toSkip = query.offset
        left = query.limit ?? .max
        var sources: [(table: any PackedTable, parts: [PackedPart])] = []
        for source in table.sources {
            guard let packed = source.table as? any PackedTable else { return nil }
            sources.append((packed, Self.parts(query, of: source)))
        }
        self.sources = sources[...]
    }

    /// Where the columns of the result come from in one source.
    private static func parts(_ query: PushedQuery, of source: CatalogTable.Source) -> [PackedPart] {
        guard case .columns(let names) = query.targets else { return query.targets == .nulls ? [.null] : [] }
        let own = source.table.columns
        return names.map { name in
            if let index = own.firstIndex(where: { $0.name == name }) { return .column(index) }
            let context = source.context[name]
            return context.map { .text(Array($0.utf8)) } ?? .null
        }
    }

    var resultColumns: [String] { query.resultColumns }

    func fetch(_ count: Int, into buffer: WireBuffer) throws -> Int {
        if query.targets == .count { return try count == 0 ? 0 : self.count(into: buffer) }
        buffer.append(ahead.bytes)
        ahead.removeAll()
        var fetched = rowsAhead
        rowsAhead = 0
        try pack(count - fetched, into: buffer, counting: &fetched)
        return fetched
    }

    func lookAhead(_ count: Int) {
        guard query.targets != .count, rowsAhead == 0 else { return }
        // What fails now fails again when the rows are asked for, and is told then. Rows that are ready stay ready.
        try? pack(count, into: ahead, counting: &rowsAhead)
    }

    private func pack(_ count: Int, into buffer: WireBuffer, counting total: inout Int) throws {
        try skip()
        let wanted = min(count, left)
        var packed = 0
        defer {
            left -= packed
            total += packed
        }
        while packed < wanted, let source = try current() {
            try source.rows.pack(atMost: wanted - packed, of: source.parts, into: buffer, counting: &packed)
            if packed < wanted { close() }
        }
    }

    /// The number of rows, as a row.
    private func count(into buffer: WireBuffer) throws -> Int {
        guard !isCounted else { return 0 }
        var count = 0
        while let source = try current() {
            while case let got = try source.rows.skip(atMost: 1 << 16), got > 0 { count += got }
            close()
        }
        isCounted = true
        guard query.offset == 0, query.limit != 0 else { return 0 }
        let text = Array(String(count).utf8)
        var row = RowMessage(in: buffer, columns: 1, bytes: text.count)
        row.value(text)
        row.finish()
        return 1
    }

    private func skip() throws {
        while toSkip > 0, let source = try current() {
            let passed = try source.rows.skip(atMost: toSkip)
            toSkip -= passed
            if toSkip > 0 { close() }
        }
    }

    /// The rows of the source that is being read; nil behind the last.
    private func current() throws -> (rows: any PackedRows, parts: [PackedPart])? {
        guard let source = sources.first else { return nil }
        let rows = try self.rows ?? source.table.packedRows(cancellation)
        self.rows = rows
        return (rows, source.parts)
    }

    private func close() {
        rows = nil
        sources.removeFirst()
    }
}
