/// A connection with what came of it.
package struct ConnectionStatus: Sendable {
    package enum State: String, Sendable { case ready, disabled, error }

    package var config: ConnectionConfig
    package var state: State
    package var error: String?
    package var tables: [CatalogTable]
    /// For an aggregator, the connections it joins.
    package var members: [String]
    package var isDynamic: Bool

    /// Whether the connection is a schema that people can query.
    package var isVisible: Bool { state == .ready }
}

/// What the configuration amounts to at one moment.
package struct Inventory: Sendable {
    package var statuses: [ConnectionStatus]
    package var plugins: [PluginBlock]
    /// The schemas that people who set none look through.
    package var searchPath: [String]
    /// Folders whose changes may change the tables.
    package var folders: Set<String>
    /// Lines for the log.
    package var notes: [String]

    package static let internalSchema = "steampipe_internal"

    /// The tables of the schemas that can be queried.
    package var catalog: Catalog {
        var catalog = Catalog()
        for status in statuses where status.isVisible {
            var tables: [String: CatalogTable] = [:]
            for table in status.tables { tables[table.name] = table }
            catalog.schemas[status.config.name] = tables
        }
        return catalog
    }
}
