/// What a column holds, in the words of PostgreSQL.
package enum ColumnType: String, Hashable, Sendable {
    case text
    case bigint
    case jsonb
    case ltree
}

/// A column of a plugin's table.
package struct Column: Hashable, Sendable {
    package var name: String
    package var type: ColumnType
    package var description: String

    package init(_ name: String, _ type: ColumnType = .text, _ description: String) {
        self.name = name
        self.type = type
        self.description = description
    }
}

/// A text column whose conditions reach the plugin.
package struct KeyColumn: Hashable, Sendable {
    package var name: String
    /// Whether the table has no rows to give without a value for the column.
    package var isRequired: Bool
}

/// What a query asks of a table.
package struct ScanRequest: Sendable {
    /// The values that a key column may have; a key column that is not in it may have any.
    package var values: [String: [String]]
    package var cancellation: Cancellation

    package init(values: [String: [String]], cancellation: Cancellation) {
        self.values = values
        self.cancellation = cancellation
    }
}

/// Rows, one after the other, for one thread.
///
/// Whatever a stream holds open is closed when the last reference to it goes.
package protocol RowStream: AnyObject {
    /// The next row, a value for each column of the table; nil at the end.
    func next() throws -> [String?]?
}

/// A table of a plugin, for one connection.
package protocol PluginTable: Sendable {
    var name: String { get }
    var description: String { get }
    var columns: [Column] { get }
    var keyColumns: [KeyColumn] { get }

    /// Opens the rows as they are now.
    ///
    /// The values of the request narrow what has to be read; rows that do not fit them may come too.
    func rows(_ request: ScanRequest) throws -> any RowStream
}

/// What a connection offers, as found just now.
package struct PluginContent: Sendable {
    package var tables: [any PluginTable]
    /// Folders whose changes may change the tables.
    package var folders: [String]

    package init(tables: [any PluginTable], folders: [String] = []) {
        self.tables = tables
        self.folders = folders
    }
}

/// A source of tables, set up with the arguments of a connection.
package protocol TablePlugin: Sendable {
    /// The name that `plugin = "…"` gives, without organisation and version.
    static var name: String { get }
    /// Whether the tables depend on what the connection points at, as Steampipe's `schema_mode` tells.
    static var isDynamic: Bool { get }

    /// - Throws: `SteampipeError` or `HclError` for arguments that do not fit.
    init(_ arguments: PluginArguments) throws

    /// Looks for the tables.
    func content() throws -> PluginContent
}

/// Rows from a list in memory.
package final class ListedRows: RowStream {
    private var rows: ArraySlice<[String?]>

    package init(_ rows: [[String?]]) { self.rows = rows[...] }

    package func next() -> [String?]? { rows.popFirst() }
}
