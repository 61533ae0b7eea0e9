/// The SQL that gives connections their schemas.
enum SchemaSql {
    /// What has to be there before the first schema; does no harm where it is already.
    ///
    /// - Parameters:
    ///   - password: Of the user steampipe.
    ///   - socketFolder: Where the plugin host's socket is.
    /// - Returns: Statements for the database steampipe.
    static func bootstrap(password: String, socketFolder: String) -> String {
        """
        revoke all on database postgres, template1, steampipe from public;
        revoke all on schema public from public;
        do $$ begin
            if not exists (select from pg_roles where rolname = 'steampipe_users') then
                create role steampipe_users nologin;
            end if;
            if not exists (select from pg_roles where rolname = 'steampipe') then
                create role steampipe login in role steampipe_users;
            end if;
        end $$;
        alter role steampipe login nosuperuser nocreatedb nocreaterole password \(Sql.text(password));
        grant connect, temporary on database steampipe to steampipe_users;
        grant usage on schema public to steampipe_users;
        create extension if not exists tablefunc schema public;
        create extension if not exists ltree schema public;
        create extension if not exists postgres_fdw schema public;
        drop server if exists steampipe cascade;
        drop schema if exists steampipe_internal cascade;
        create schema steampipe_internal;
        grant usage on schema steampipe_internal to steampipe_users;
        alter default privileges in schema steampipe_internal grant select on tables to steampipe_users;
        create domain steampipe_internal.sp_text as text;
        create domain steampipe_internal.sp_bigint as bigint;
        create domain steampipe_internal.sp_jsonb as jsonb;
        create domain steampipe_internal.sp_ltree as public.ltree;
        create server steampipe foreign data wrapper postgres_fdw options (
            host \(Sql.text(socketFolder)), port '\(SchemaSql.hostPort)', dbname 'plugin', use_remote_estimate 'true',
            updatable 'false', truncatable 'false', fetch_size '1000');
        create user mapping for public server steampipe options (user 'steampipe', password_required 'false');
        \(InternalTables.create)
        """
    }

    /// The number in the name of the plugin host's socket; ports of people are higher.
    static let hostPort = 1

    /// Schemas that an earlier run has left.
    static let leftSchemas = """
        select nspname from pg_namespace where nspname not like 'pg\\_%'
        and nspname not in ('public', 'information_schema', 'steampipe_internal')
        """

    static func drop(_ schema: String) -> String { "drop schema if exists \(Sql.name(schema)) cascade;" }

    /// A schema with its foreign tables.
    static func create(_ status: ConnectionStatus) -> String {
        let schema = Sql.name(status.config.name)
        let head = [
            "create schema \(schema);",
            "comment on schema \(schema) is \(Sql.text("steampipe plugin: \(status.config.plugin)"));",
            "grant usage on schema \(schema) to steampipe_users;",
            "alter default privileges in schema \(schema) grant select on tables to steampipe_users;",
        ]
        return (head + status.tables.flatMap { create($0, in: status.config.name) }).joined(separator: "\n")
    }

    private static func create(_ table: CatalogTable, in schema: String) -> [String] {
        let name = "\(Sql.name(schema)).\(Sql.name(Sql.clipped(table.name)))"
        let keys = Set(table.keyColumns.map(\.name))
        let columns = table.allColumns.map { column in
            "\(Sql.name(Sql.clipped(column.name))) \(type(of: column, isKey: keys.contains(column.name)))"
                + " options (column_name \(Sql.text(column.name)))"
        }
        let create =
            "create foreign table \(name) (\(columns.joined(separator: ", "))) server steampipe"
            + " options (schema_name \(Sql.text(schema)), table_name \(Sql.text(table.name))\(fetchSize(of: table)));"
        let comments = table.allColumns.map {
            "comment on column \(name).\(Sql.name(Sql.clipped($0.name))) is \(Sql.text($0.description));"
        }
        return [create, "comment on foreign table \(name) is \(Sql.text(table.description));"] + comments
    }

    /// More rows at once where there may be millions, in a table that has them ready in one piece of memory.
    private static func fetchSize(of table: CatalogTable) -> String {
        table.sources.allSatisfy { $0.table is any PackedTable } ? ", fetch_size '5000'" : ""
    }

    /// postgres_fdw pushes conditions on built-in types down, and does not check them again.
    ///
    /// So only key columns, whose conditions the host understands, have a built-in type; the others have a domain,
    /// and PostgreSQL itself checks what is said about them.
    private static func type(of column: Column, isKey: Bool) -> String {
        isKey ? "text" : "steampipe_internal.sp_\(column.type.rawValue)"
    }
}
