import FoundationEssentials
import GRDB
package import SheafModel

extension Store {
    /// The live revisions that wait to be confirmed, overdue ones too, by bundle.
    ///
    /// - Parameter bundle: Only of this one; nil for all.
    /// - Returns: At most one of each bundle.
    /// - Throws: `StoreError` when the database cannot be read.
    package func pendingConfirmations(of bundle: String? = nil) throws -> [Confirmation] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM confirmation WHERE state = 'pending' AND (?1 IS NULL OR bundle = ?1) ORDER BY bundle
                    """,
                arguments: [bundle]
            ).map { row in
                Confirmation(
                    bundle: row["bundle"],
                    revision: row["revision"],
                    previous: row["previous"],
                    deadline: Date(milliseconds: row["deadline"] ?? 0)
                )
            }
        }
    }

    /// Records that a revision stays.
    ///
    /// - Returns: False when it did not wait for it any more.
    /// - Throws: `StoreError` when the database cannot be written.
    package func confirm(_ confirmation: Confirmation) throws -> Bool {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE confirmation SET state = 'confirmed' WHERE bundle = ? AND revision = ? AND state = 'pending'
                    """,
                arguments: [confirmation.bundle, confirmation.revision]
            )
            return database.changesCount > 0
        }
    }

    /// Records what a transaction that begins means to do; counts once it commits.
    static func record(_ intent: ConfirmationIntent?, of revision: Revision, in database: Database) throws {
        switch intent {
        case nil: break
        case .asks(let within):
            let (seconds, attoseconds) = within.components
            try database.execute(
                sql: """
                    INSERT INTO confirmation (bundle, revision, previous, within, state)
                    VALUES (?1, ?2, (SELECT number FROM revision WHERE bundle = ?1 AND state = 'live'), ?3, 'begun')
                    """,
                arguments: [revision.bundle, revision.number, seconds * 1000 + attoseconds / 1_000_000_000_000_000]
            )
        case .reverts(let reverted):
            try database.execute(
                sql: "UPDATE confirmation SET reverted_by = ? WHERE bundle = ? AND revision = ?",
                arguments: [revision.number, revision.bundle, reverted]
            )
        }
    }

    /// Settles what waited before a commit, and lets the revision wait that asks for it; part of the commit.
    static func updateConfirmations(of transaction: OpenTransaction, at now: Date, in database: Database) throws {
        try database.execute(
            sql: """
                UPDATE confirmation
                SET state = CASE WHEN reverted_by = ?2 THEN 'reverted' ELSE 'superseded' END
                WHERE bundle = ?1 AND state = 'pending'
                """,
            arguments: [transaction.bundle, transaction.revision]
        )
        try database.execute(
            sql: """
                UPDATE confirmation SET state = 'pending', deadline = ?3 + within
                WHERE bundle = ?1 AND revision = ?2 AND state = 'begun'
                """,
            arguments: [transaction.bundle, transaction.revision, now.milliseconds]
        )
    }

    /// Forgets what a transaction asked for that was undone.
    static func forgetConfirmation(of transaction: OpenTransaction, in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM confirmation WHERE bundle = ? AND revision = ? AND state = 'begun'",
            arguments: [transaction.bundle, transaction.revision]
        )
    }
}
