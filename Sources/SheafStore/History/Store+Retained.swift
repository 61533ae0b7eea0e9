import GRDB
package import SheafModel

extension Store {
    /// What is left of resources that a bundle had live and deleted: the data of its volumes.
    ///
    /// - Throws: `StoreError` when the database cannot be read.
    package func retained(by bundle: String) throws -> Set<ResourceID> {
        try read { database in
            let sql = "SELECT resource FROM retained WHERE bundle = ?"
            return Set(try String.fetchAll(database, sql: sql, arguments: [bundle]).compactMap(ResourceID.init(_:)))
        }
    }

    /// Notes whose data stays and whose is taken over; part of the commit.
    static func updateRetained(_ transaction: OpenTransaction, in database: Database) throws {
        let keep = try database.makeStatement(sql: "INSERT OR REPLACE INTO retained (resource, bundle) VALUES (?, ?)")
        let forget = try database.makeStatement(sql: "DELETE FROM retained WHERE resource = ?")
        for step in transaction.steps where step.change.resource.kind == .volume {
            let resource = step.change.resource.description
            if step.after == nil, !step.deletesData {
                try keep.execute(arguments: [resource, transaction.bundle])
            } else {
                try forget.execute(arguments: [resource])
            }
        }
    }
}
