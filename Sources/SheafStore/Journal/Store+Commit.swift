package import FoundationEssentials
import GRDB
import SheafModel

extension Store {
    /// Makes the new revision live: the one moment at which the transaction counts.
    ///
    /// Revision, inventory and workspaces change together. The transaction stays open, as committed, until `close(_:)`; so
    /// long the bundle also owns what it has deleted, because that is still being removed.
    /// - Parameters:
    ///   - transaction: Whose steps are all done and ready.
    ///   - now: When.
    ///   - kept: How many revisions of the bundle stay in its history; nil for all.
    /// - Throws: `StoreError` when it cannot be written: then nothing has changed.
    package func commit(_ transaction: OpenTransaction, at now: Date, keeping kept: Int? = nil) throws {
        try write { database in
            var detail = EventDetail()
            detail.supersedes = try Int.fetchOne(
                database,
                sql: "SELECT number FROM revision WHERE bundle = ? AND state = 'live'",
                arguments: [transaction.bundle]
            )
            try database.execute(
                sql: "UPDATE revision SET state = 'superseded' WHERE bundle = ? AND state = 'live'",
                arguments: [transaction.bundle]
            )
            try Self.finishRevision(of: transaction, state: .live, failure: nil, at: now, in: database)
            try Self.updateConfirmations(of: transaction, at: now, in: database)
            try Self.updateInventory(transaction, in: database)
            try Self.updateWorkspaces(transaction, in: database)
            try Self.updateRetained(transaction, in: database)
            try Self.settleSnapshots(of: transaction, isCommitted: true, at: now, in: database)
            try database.execute(
                sql: "UPDATE journal SET state = 'committed', failure = NULL WHERE id = ?",
                arguments: [transaction.id]
            )
            try log(.committed, of: transaction, detail, at: now, in: database)
            try updateSchedules(of: transaction, at: now, in: database)
            if let kept { try forget(keeping: kept, of: transaction.bundle, by: nil, in: database) }
        }
    }

    private static func updateInventory(_ transaction: OpenTransaction, in database: Database) throws {
        let remove = try database.makeStatement(sql: "DELETE FROM inventory WHERE resource = ?")
        let insert = try database.makeStatement(
            sql: """
                INSERT OR REPLACE INTO inventory (resource, bundle, position, generation, definition)
                VALUES (?, ?, ?, ?, ?)
                """
        )
        for step in transaction.steps {
            guard let after = step.after else {
                try remove.execute(arguments: [step.change.resource.description])
                continue
            }
            try insert.execute(arguments: [
                after.resource.id.description, transaction.bundle, step.order, after.generation,
                try Column.text(after.resource),
            ])
        }
        try database.execute(
            sql: """
                UPDATE inventory SET position = kept.position, definition = kept.definition
                FROM kept WHERE kept.resource = inventory.resource AND kept.journal = ?
                """,
            arguments: [transaction.id]
        )
    }

    /// Makes the wanted workspaces; drops those that this bundle made, no longer wants, and nobody uses.
    private static func updateWorkspaces(_ transaction: OpenTransaction, in database: Database) throws {
        let text = try String.fetchOne(
            database,
            sql: "SELECT workspaces FROM journal WHERE id = ?",
            arguments: [transaction.id]
        )
        let wanted = try Column.value([ResolvedBundle.Workspace].self, from: text ?? "[]")
        for workspace in wanted {
            try database.execute(
                sql: "INSERT OR IGNORE INTO workspace (name, description, made_by) VALUES (?, ?, ?)",
                arguments: [workspace.name, workspace.description, transaction.bundle]
            )
        }
        let made = try String.fetchAll(
            database,
            sql: "SELECT name FROM workspace WHERE made_by = ?",
            arguments: [transaction.bundle]
        )
        let used = try usedWorkspaces(besides: transaction.bundle, in: database)
        for name in made where !wanted.contains(where: { $0.name == name }) && !used.contains(name) {
            try database.execute(sql: "DELETE FROM workspace WHERE name = ?", arguments: [name])
        }
    }

    /// The workspaces in which this bundle has something live, or another one owns something.
    private static func usedWorkspaces(besides bundle: String, in database: Database) throws -> Set<String> {
        let used = try String.fetchAll(
            database,
            sql: "SELECT resource FROM inventory UNION SELECT resource FROM ownership WHERE bundle <> ?",
            arguments: [bundle]
        )
        return Set(used.compactMap { ResourceID($0)?.workspace })
    }
}
