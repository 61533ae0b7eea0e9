/// The tables of the schema `steampipe_internal`, with the columns that they have in Steampipe.
enum InternalTables {
    private static let schema = Inventory.internalSchema

    /// The statements that make the tables; those of what this engine has not stay empty.
    static let create = """
        create table \(schema).steampipe_connection (
            name text primary key, state text, type text, connections text[], import_schema text, error text,
            plugin text, plugin_instance text, schema_mode text, schema_hash text, comments_set boolean,
            connection_mod_time timestamptz, plugin_mod_time timestamptz, file_name text, start_line_number integer,
            end_line_number integer);
        create view \(schema).steampipe_connection_state as select * from \(schema).steampipe_connection;
        create table \(schema).steampipe_plugin (
            plugin_instance text, plugin text not null, version text, memory_max_mb integer, limiters jsonb,
            file_name text, start_line_number integer, end_line_number integer);
        create table \(schema).steampipe_plugin_column (
            plugin text not null, table_name text not null, name text not null, type text not null, description text,
            list_config jsonb, get_config jsonb, hydrate_name text, default_value jsonb);
        create table \(schema).steampipe_plugin_limiter (
            name text, plugin text, plugin_instance text, source_type text, status text, bucket_size integer,
            fill_rate real, max_concurrency integer, scope jsonb, "where" text, file_name text,
            start_line_number integer, end_line_number integer);
        create table \(schema).steampipe_server_settings (
            start_time timestamptz not null, steampipe_version text not null, fdw_version text not null,
            cache_max_ttl integer not null, cache_max_size_mb integer not null, cache_enabled boolean not null);
        insert into \(schema).steampipe_server_settings values (now(), 'sheaf', 'postgres_fdw', 0, 0, false);
        """

    /// The rows of an inventory, and where people look for tables.
    static func fill(_ inventory: Inventory) -> String {
        let path = inventory.searchPath.map(Sql.name).joined(separator: ", ")
        let tables = ["steampipe_connection", "steampipe_plugin", "steampipe_plugin_column"]
        let lines =
            tables.map { "delete from \(schema).\($0);" } + inventory.statuses.map(connection)
            + plugins(inventory) + columns(inventory)
            + ["alter role steampipe in database steampipe set search_path to \(path);"]
        return lines.joined(separator: "\n")
    }

    private static func insert(_ table: String, _ values: [String]) -> String {
        "insert into \(schema).\(table) values (\(values.joined(separator: ", ")));"
    }

    private static func connection(_ status: ConnectionStatus) -> String {
        let config = status.config
        return insert(
            "steampipe_connection",
            [
                Sql.text(config.name), Sql.text(status.state.rawValue), Sql.text(config.kind.rawValue),
                Sql.text(status.members.isEmpty ? nil : ArrayLiteral.text(of: status.members)),
                Sql.text(config.hasSchema ? "enabled" : "disabled"), Sql.text(status.error), Sql.text(config.plugin),
                Sql.text(config.plugin), Sql.text(status.isDynamic ? "dynamic" : "static"), "null", "true", "now()",
                "null", Sql.text(config.file), String(config.startLine), String(config.endLine),
            ]
        )
    }

    /// The plugins of the blocks, then those that connections name without one.
    private static func plugins(_ inventory: Inventory) -> [String] {
        let blocks = inventory.plugins.map { block in
            insert(
                "steampipe_plugin",
                [
                    Sql.text(block.name), Sql.text(block.source), "null", block.memoryMaxMb.map(String.init) ?? "null",
                    "null", Sql.text(block.file), String(block.startLine), String(block.endLine),
                ]
            )
        }
        let named = Set(inventory.statuses.map(\.config.plugin)).subtracting(inventory.plugins.map(\.source) + [""])
        return blocks
            + named.sorted().map { name in
                let unknown = [String](repeating: "null", count: 6)
                return insert("steampipe_plugin", [Sql.text(name), Sql.text(name)] + unknown)
            }
    }

    /// The columns of the plugins whose tables are always the same.
    private static func columns(_ inventory: Inventory) -> [String] {
        var seen: Set<String> = []
        return inventory.statuses
            .filter { !$0.isDynamic && $0.config.kind == .plugin && $0.state != .error }
            .filter { seen.insert($0.config.plugin).inserted }
            .flatMap { status in
                status.tables.flatMap { table in
                    table.allColumns.map { column(status.config.plugin, table, $0) }
                }
            }
    }

    private static func column(_ plugin: String, _ table: CatalogTable, _ column: Column) -> String {
        let key = table.keyColumns.first { $0.name == column.name }
        let list = key.map { "{\"operators\": [\"=\"], \"require\": \"\($0.isRequired ? "required" : "optional")\"}" }
        return insert(
            "steampipe_plugin_column",
            [
                Sql.text(plugin), Sql.text(table.name), Sql.text(column.name), Sql.text(column.type.nameInSteampipe),
                Sql.text(column.description), Sql.text(list), "null", "null", "null",
            ]
        )
    }
}

extension ColumnType {
    /// The word of Steampipe's plugins for the type.
    fileprivate var nameInSteampipe: String {
        switch self {
        case .text: "STRING"
        case .bigint: "INT"
        case .jsonb: "JSON"
        case .ltree: "LTREE"
        }
    }
}
