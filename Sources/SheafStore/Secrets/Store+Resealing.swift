import GRDB
package import SheafModel

extension Store {
    /// Where sealed secrets stand in the records of a store without open transactions; the rest is in resolved bundles.
    private static let sealedColumns = [
        (table: "inventory", column: "definition"), (table: "secret", column: "sealed"),
    ]

    /// The key that has sealed everything in the records, if it was ever exchanged.
    ///
    /// - Returns: Its name; nil when the first key is still in use.
    package func sealingKeyID() throws -> String? {
        try read { try String.fetchOne($0, sql: "SELECT id FROM sealing_key") }
    }

    /// Exchanges everything that is sealed in the records, and the key that seals, in one transaction.
    ///
    /// The caller holds the content store alone and the leases of all bundles, so that nobody records anything meanwhile.
    /// - Parameters:
    ///   - resolved: For each resolved bundle that a revision names, the one that takes its place; it is kept already.
    ///   - keyID: Names the key that seals from now on.
    ///   - author: Who wants it.
    ///   - reseal: Makes a text in which everything is sealed anew.
    /// - Throws: `StoreError` when a transaction is open, or a revision names another resolved bundle; nothing is changed.
    package func reseal(
        resolved: [Digest: Digest],
        with keyID: String,
        by author: String,
        _ reseal: (String) throws -> String
    ) throws {
        try write { database in
            let open = try Int.fetchOne(database, sql: "SELECT count(*) FROM journal WHERE state <> 'closed'")
            guard open == 0 else {
                throw StoreError(.leaseHeld, "a change is going on", hint: "wait until it has ended and try again")
            }
            for place in Self.sealedColumns {
                let update = try database.makeStatement(
                    sql: "UPDATE \(place.table) SET \(place.column) = ? WHERE rowid = ?"
                )
                let rows = try Row.fetchAll(database, sql: "SELECT rowid, \(place.column) AS text FROM \(place.table)")
                for row in rows {
                    let id: Int64 = row["rowid"], before: String = row["text"]
                    let after = try reseal(before)
                    if after != before { try update.execute(arguments: [after, id]) }
                }
            }
            try exchange(resolved, by: author, in: database)
            try database.execute(
                sql: "INSERT OR REPLACE INTO sealing_key (place, id) VALUES (1, ?)",
                arguments: [keyID]
            )
        }
    }

    private func exchange(_ resolved: [Digest: Digest], by author: String, in database: Database) throws {
        // All at once: the digest that replaces one could itself be one that is replaced.
        let update = try database.makeStatement(sql: "UPDATE revision SET resolved = ? WHERE rowid = ?")
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT rowid, bundle, number, resolved FROM revision WHERE resolved IS NOT NULL ORDER BY bundle, number
                """
        )
        var changed: [String: [String: String]] = [:]
        for row in rows {
            let id: Int64 = row["rowid"], before: String = row["resolved"]
            let bundle: String = row["bundle"], number: Int = row["number"]
            guard let after = Digest(before).flatMap({ resolved[$0] }) else {
                throw StoreError(
                    .leaseHeld,
                    "a revision was recorded at this moment",
                    hint: "run the command again"
                )
            }
            guard after.description != before else { continue }
            try update.execute(arguments: [after.description, id])
            changed[bundle, default: [:]][String(number)] = after.description
        }
        for (bundle, revisions) in changed.sorted(by: { $0.key < $1.key }) {
            var detail = EventDetail()
            detail.resolved = revisions
            try log(.resealed, bundle: bundle, detail, by: author, in: database)
        }
    }

    /// Refuses a revision whose secrets were sealed anew since it was read.
    ///
    /// - Throws: `StoreError` of kind `keyExchanged`, or when the database cannot be read.
    package func requireCurrent(_ revision: Revision) throws {
        guard try self.revision(revision.number, of: revision.bundle)?.resolved != revision.resolved else { return }
        throw StoreError(
            .keyExchanged,
            "the secrets of revision \(revision.number) of '\(revision.bundle)' were sealed anew at this moment;"
                + " nothing was changed",
            hint: "run the command again"
        )
    }
}
