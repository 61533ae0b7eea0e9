/// A table of a schema: one table of a plugin, or for an aggregator those of several connections.
package struct CatalogTable: Sendable {
    package struct Source: Sendable {
        package var connection: String
        package var table: any PluginTable

        /// The values of the columns that say where a row comes from.
        var context: [String: String] {
            // Names of connections hold nothing that JSON escapes.
            let json = "{\"connection_name\": \"\(connection)\"}"
            return ["sp_connection_name": connection, "sp_ctx": json, "_ctx": json]
        }
    }

    package var name: String
    package var description: String
    /// The columns of the sources, each once, without the three that say where a row comes from.
    package var columns: [Column]
    package var keyColumns: [KeyColumn]
    package var sources: [Source]

    /// Joins tables of one name: their columns are united, in the order in which they are first seen.
    ///
    /// - Parameter sources: At least one.
    package init?(_ sources: [Source]) {
        guard let first = sources.first else { return nil }
        name = first.table.name
        description = first.table.description
        keyColumns = first.table.keyColumns
        self.sources = sources
        columns = []
        for column in sources.flatMap(\.table.columns) {
            guard let known = columns.firstIndex(where: { $0.name == column.name }) else {
                columns.append(column)
                continue
            }
            // No plugin here gives one name two types in two connections; text holds them all.
            if columns[known].type != column.type { columns[known].type = .text }
        }
    }

    /// The columns that every table has.
    package static let contextColumns = [
        Column("sp_connection_name", .text, "Steampipe connection name."),
        Column("sp_ctx", .jsonb, "Steampipe context in JSON form."),
        Column("_ctx", .jsonb, "Steampipe context in JSON form."),
    ]

    /// All columns, as the foreign table has them.
    package var allColumns: [Column] { columns + Self.contextColumns }
}

/// What the schemas hold, as queries see it at one moment.
package struct Catalog: Sendable {
    /// Tables by schema, then by name.
    package var schemas: [String: [String: CatalogTable]]

    package init(schemas: [String: [String: CatalogTable]] = [:]) { self.schemas = schemas }

    /// - Throws: `SteampipeError` when there is no such table.
    package func table(_ schema: String, _ name: String) throws -> CatalogTable {
        guard let table = schemas[schema]?[name] else {
            throw SteampipeError(
                "steampipe.unknown-table",
                "the table \(schema).\(name) is gone",
                hint: "run the query again in a moment: the schema is being refreshed"
            )
        }
        return table
    }
}
