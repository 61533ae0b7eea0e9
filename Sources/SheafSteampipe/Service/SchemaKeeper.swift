import SheafPostgres
import SheafSystem

/// Keeps the schemas of the database equal to the configuration.
package final class SchemaKeeper {
    private let host: PluginHost
    private let log: ServiceLog
    private let socketPath: String
    private var client: PostgresClient?
    /// The SQL that made each schema that is there.
    private var applied: [String: String] = [:]
    private var notes: [String] = []
    private var description = ""

    /// Prepares to connect to the server behind a socket, and to tell a host what queries see.
    package init(socketPath: String, host: PluginHost, log: ServiceLog) {
        self.socketPath = socketPath
        self.host = host
        self.log = log
    }

    /// Makes the database ready for its first schema.
    ///
    /// To be called once for each start.
    package func bootstrap(password: String, socketFolder: String) throws {
        let admin = try client(of: "postgres")
        if try admin.query("select from pg_database where datname = 'steampipe'").isEmpty {
            try admin.query("create database steampipe")
        }
        let client = try client(of: "steampipe")
        for case let schema?? in try client.query(SchemaSql.leftSchemas).map(\.first) {
            try client.query(SchemaSql.drop(schema))
        }
        try client.query(SchemaSql.bootstrap(password: password, socketFolder: socketFolder))
        self.client = client
    }

    private func client(of database: String) throws -> PostgresClient {
        try PostgresClient(.socket(socketPath), as: .init(user: "root", database: database), readLimit: 60)
    }

    /// Forgets the connection to a server that was stopped.
    package func disconnect() { client = nil }

    /// Brings the schemas to what an inventory says, in one transaction.
    ///
    /// Queries see either all of the old or all of the new. A schema that PostgreSQL refuses leaves its connection in
    /// the state `error`.
    /// - Returns: False when readers held a table too long: to be tried again.
    package func apply(_ inventory: Inventory) throws -> Bool {
        if inventory.notes != notes { for note in inventory.notes { log.write(note) } }
        notes = inventory.notes
        let before = host.catalog
        do {
            try change(to: inventory)
            return true
        } catch let error as PostgresError where error.state == "55P03" {
            host.catalog = before
            try connected().query("rollback")
            return false
        } catch {
            host.catalog = before
            // What the connection is in the middle of is undone when it closes.
            client = nil
            throw error
        }
    }

    private func connected() throws -> PostgresClient {
        if let client { return client }
        let new = try client(of: "steampipe")
        client = new
        return new
    }

    private func change(to inventory: Inventory) throws {
        let client = try connected()
        var inventory = inventory
        var schemas = applied
        var changed: [String] = []
        // Drops wait for those who read; that must not keep the service from its other work.
        try client.query("begin; set local lock_timeout = '1s'; set local check_function_bodies = off")
        let wanted = Set(inventory.statuses.filter(\.isVisible).map(\.config.name))
        for name in schemas.keys.sorted() where !wanted.contains(name) {
            try client.query(SchemaSql.drop(name))
            schemas[name] = nil
            changed.append(name)
        }
        for index in inventory.statuses.indices where inventory.statuses[index].isVisible {
            let name = inventory.statuses[index].config.name
            let sql = SchemaSql.create(inventory.statuses[index])
            guard schemas[name] != sql else { continue }
            changed.append(name)
            try client.query("savepoint schema; \(SchemaSql.drop(name))")
            do {
                try client.query("\(sql); release savepoint schema")
                schemas[name] = sql
            } catch let error as PostgresError where error.state != "55P03" {
                try client.query("rollback to savepoint schema; \(SchemaSql.drop(name))")
                schemas[name] = nil
                inventory.statuses[index].state = .error
                inventory.statuses[index].error = error.message
                inventory.searchPath.removeAll { $0 == name }
                log.write("connection '\(name)' is in error: \(error.message)")
            }
        }
        let description = InternalTables.fill(inventory)
        if description != self.description { try client.query(description) }
        // Tables that change are locked by now, and new ones are not seen yet: nobody notices the moment in between.
        host.catalog = inventory.catalog
        try client.query("commit")
        applied = schemas
        self.description = description
        if !changed.isEmpty { log.write("schemas refreshed: \(changed.sorted().joined(separator: ", "))") }
    }
}
