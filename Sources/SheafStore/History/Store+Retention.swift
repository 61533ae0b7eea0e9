import GRDB
package import SheafModel

/// Revisions of a bundle that left its history, or would.
package struct ForgottenRevisions: Codable, Sendable, Hashable {
    package var bundle: String
    /// Ascending.
    package var revisions: [Int]

    package init(bundle: String, revisions: [Int]) {
        self.bundle = bundle
        self.revisions = revisions
    }
}

extension Store {
    /// The revisions that a history of limited length does not keep.
    ///
    /// The newest are kept, failed ones counted, and besides them whatever is live or unsettled, and what a rollback would
    /// restore: also of a bundle that was deleted.
    /// - Parameter kept: How many of each bundle; at least 1.
    /// - Returns: By bundle; bundles that lose nothing are left out.
    /// - Throws: `StoreError` when the database cannot be read.
    package func forgettableRevisions(keeping kept: Int) throws -> [ForgottenRevisions] {
        try read { database in
            try Self.bundles(in: database).map { bundle in
                ForgottenRevisions(
                    bundle: bundle,
                    revisions: try Self.forgettable(keeping: kept, of: bundle, in: database)
                )
            }.filter { !$0.revisions.isEmpty }
        }
    }

    /// Takes those revisions out of the history of all bundles, in one step.
    ///
    /// The event log still tells of them, and their numbers never come again. What of the content only they named is
    /// garbage then, and so are the copies of data from before them.
    /// - Parameters:
    ///   - kept: How many of each bundle stay; at least 1.
    ///   - author: Who wants it.
    /// - Returns: As `forgettableRevisions(keeping:)`.
    /// - Throws: `StoreError` when it cannot be written: then nothing has changed.
    package func forgetRevisions(keeping kept: Int, by author: String) throws -> [ForgottenRevisions] {
        // Most of the time there is nothing to forget, and then nobody has to wait for a write.
        guard try !forgettableRevisions(keeping: kept).isEmpty else { return [] }
        return try write { database in
            try Self.bundles(in: database).compactMap { bundle in
                try forget(keeping: kept, of: bundle, by: author, in: database)
            }
        }
    }

    /// Takes revisions of one bundle out of its history.
    ///
    /// Without an author the one of the newest revision wants it. Gives nil when there is nothing to forget.
    @discardableResult
    func forget(
        keeping kept: Int,
        of bundle: String,
        by author: String?,
        in database: Database
    ) throws -> ForgottenRevisions? {
        let revisions = try Self.forgettable(keeping: kept, of: bundle, in: database)
        guard !revisions.isEmpty else { return nil }
        let remove = try database.makeStatement(sql: "DELETE FROM revision WHERE bundle = ? AND number = ?")
        for number in revisions { try remove.execute(arguments: [bundle, number]) }
        try Self.forgetSnapshots(of: bundle, revisions: Set(revisions), volumes: nil, in: database)
        var detail = EventDetail()
        detail.revisions = revisions
        detail.keep = kept
        let newest = try String.fetchOne(
            database,
            sql: "SELECT author FROM revision WHERE bundle = ? ORDER BY number DESC LIMIT 1",
            arguments: [bundle]
        )
        try log(.forgotten, bundle: bundle, detail, by: author ?? newest ?? "unknown", in: database)
        return ForgottenRevisions(bundle: bundle, revisions: revisions)
    }

    private static func bundles(in database: Database) throws -> [String] {
        try String.fetchAll(database, sql: "SELECT DISTINCT bundle FROM revision ORDER BY bundle")
    }

    /// The newest revision stays in any case, so that the next number is always a new one.
    private static func forgettable(keeping kept: Int, of bundle: String, in database: Database) throws -> [Int] {
        try Int.fetchAll(
            database,
            sql: """
                SELECT number FROM revision
                WHERE bundle = ?1 AND state IN ('superseded', 'failed')
                    AND number NOT IN (
                        SELECT number FROM revision WHERE bundle = ?1 ORDER BY number DESC LIMIT max(?2, 1))
                    AND number IS NOT (\(newestSuperseded))
                    AND number NOT IN (SELECT revision FROM journal WHERE bundle = ?1 AND state <> 'closed')
                ORDER BY number
                """,
            arguments: [bundle, kept]
        )
    }

    /// The number of the revision that a rollback restores; NULL when there is none.
    private static let newestSuperseded =
        "SELECT max(number) FROM revision WHERE bundle = ?1 AND state = 'superseded'"

    /// The revision that was live before, which a rollback restores.
    ///
    /// - Returns: nil when none was.
    package func previousRevision(of bundle: String) throws -> Revision? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM revision WHERE bundle = ?1 AND number = (\(Self.newestSuperseded))",
                arguments: [bundle]
            ).map(Self.revision)
        }
    }
}
