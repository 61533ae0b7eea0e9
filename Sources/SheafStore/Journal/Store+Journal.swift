package import FoundationEssentials
import GRDB
package import SheafModel

extension Store {
    /// The number that the next revision of a bundle gets.
    ///
    /// Stable while the bundle's lease is held.
    package func nextRevision(of bundle: String) throws -> Int {
        try read { database in
            let last = try Int.fetchOne(
                database,
                sql: "SELECT max(number) FROM revision WHERE bundle = ?",
                arguments: [bundle]
            )
            return (last ?? 0) + 1
        }
    }

    /// Writes down a whole transaction before anything of it is done, and claims the resources that it creates.
    ///
    /// - Parameters:
    ///   - revision: With its number from `nextRevision(of:)`, in state `pending`.
    ///   - steps: In the order of the plan.
    ///   - kept: Untouched resources whose definition or place changes.
    ///   - workspaces: What the bundle wants to exist; empty for a delete.
    ///   - snapshots: What becomes of the data of its volumes.
    ///   - confirmation: What the transaction means for confirmations, if anything.
    ///   - schedule: Of the whole bundle, if it has one.
    ///   - firing: What was due and is done by this transaction, if anything.
    /// - Returns: The transaction, in state `preparing`.
    /// - Throws: `StoreError` with code `store.foreign-resource` when another bundle owns one of the resources,
    ///   `store.needed-elsewhere` when another needs one that goes, or removes one that is needed, `store.snapshot-gone`
    ///   when data is to be put back of which the copy was given up.
    package func begin(
        _ revision: Revision,
        steps: [Step],
        kept: [KeptResource],
        workspaces: [ResolvedBundle.Workspace],
        snapshots: PlannedSnapshots = PlannedSnapshots(),
        confirmation: ConfirmationIntent? = nil,
        schedule: Schedule? = nil,
        firing: Int64? = nil
    ) throws -> OpenTransaction {
        try write { database in
            try Self.checkDependents(of: steps, in: revision.bundle, in: database)
            try Self.checkSources(of: steps, in: database)
            try Self.claim(steps.compactMap(\.after?.resource.id), for: revision.bundle, in: database)
            try Self.insert(revision, in: database)
            try Self.record(confirmation, of: revision, in: database)
            try Self.record(schedule, firing: firing, of: revision, in: database)
            try database.execute(
                sql: "INSERT INTO journal (bundle, revision, state, workspaces) VALUES (?, ?, 'preparing', ?)",
                arguments: [revision.bundle, revision.number, try Column.text(workspaces)]
            )
            let id = database.lastInsertedRowID
            let insertStep = try database.makeStatement(
                sql:
                    "INSERT INTO journal_step (journal, position, state, step, facts) VALUES (?, ?, 'planned', ?, '{}')"
            )
            for (position, step) in steps.enumerated() {
                try insertStep.execute(arguments: [id, position, try Column.text(step)])
            }
            let insertKept = try database.makeStatement(
                sql: "INSERT INTO kept (journal, resource, position, definition) VALUES (?, ?, ?, ?)"
            )
            for item in kept {
                try insertKept.execute(
                    arguments: [id, item.resource.id.description, item.order, try Column.text(item.resource)])
            }
            try Self.insert(snapshots, in: database)
            try log(
                .begun,
                bundle: revision.bundle,
                revision: revision.number,
                try Self.beginning(revision, steps: steps, in: database),
                by: revision.author,
                at: revision.startedAt,
                in: database
            )
            return OpenTransaction(
                id: id,
                bundle: revision.bundle,
                revision: revision.number,
                state: .preparing,
                steps: steps,
                progress: steps.map { _ in .planned }
            )
        }
    }

    private static func claim(_ resources: [ResourceID], for bundle: String, in database: Database) throws {
        let owner = try database.makeStatement(sql: "SELECT bundle FROM ownership WHERE resource = ?")
        let insert = try database.makeStatement(sql: "INSERT OR IGNORE INTO ownership (resource, bundle) VALUES (?, ?)")
        for resource in resources {
            if let other = try String.fetchOne(owner, arguments: [resource.description]), other != bundle {
                throw StoreError(
                    .foreignResource,
                    "\(resource) belongs to the bundle '\(other)'",
                    hint: "give it another name, or take it out of '\(other)' first"
                )
            }
            try insert.execute(arguments: [resource.description, bundle])
        }
    }

    /// Records what `prepare` found out about some steps.
    package func recordPrepared(_ facts: [Int: [String: String]], in transaction: OpenTransaction) throws {
        try write { database in
            let update = try database.makeStatement(
                sql: "UPDATE journal_step SET state = 'prepared', facts = ? WHERE journal = ? AND position = ?"
            )
            for (position, found) in facts {
                try update.execute(arguments: [try Column.text(found), transaction.id, position])
            }
            try log(.prepared, of: transaction, in: database)
        }
    }

    /// Records, before any of it happens, that steps begin; and which others have been done since the last record.
    package func recordProgress(
        begun: [Int],
        done: [Int],
        in transaction: OpenTransaction
    ) throws {
        try write { database in
            let update = try database.makeStatement(
                sql: "UPDATE journal_step SET state = ? WHERE journal = ? AND position = ?"
            )
            for position in done { try update.execute(arguments: ["performed", transaction.id, position]) }
            for position in begun { try update.execute(arguments: ["performing", transaction.id, position]) }
            try database.execute(
                sql: "UPDATE journal SET state = 'performing' WHERE id = ? AND state = 'preparing'",
                arguments: [transaction.id]
            )
            var detail = EventDetail()
            detail.begun = Self.names(begun, of: transaction)
            detail.done = Self.names(done, of: transaction)
            try log(.steps, of: transaction, detail, in: database)
        }
    }

    /// Records, before any of it happens, that the transaction is undone from now on.
    package func recordCompensation(of transaction: OpenTransaction, because failure: String) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE journal SET state = 'compensating', failure = ? WHERE id = ?",
                arguments: [failure, transaction.id]
            )
            try log(.compensating, of: transaction, EventDetail(failure: failure), in: database)
        }
    }

    /// Closes a transaction whose changes were undone; its revision has failed.
    package func recordCompensated(_ transaction: OpenTransaction, because failure: String, at now: Date) throws {
        try write { database in
            try Self.finishRevision(of: transaction, state: .failed, failure: failure, at: now, in: database)
            try Self.settleSnapshots(of: transaction, isCommitted: false, at: now, in: database)
            var detail = EventDetail(failure: failure)
            detail.undone = Self.names(try Self.begunSteps(of: transaction, in: database), of: transaction)
            try log(.failed, of: transaction, detail, at: now, in: database)
            try Self.forgetConfirmation(of: transaction, in: database)
            try Self.releaseFiring(of: transaction, in: database)
            try Self.close(transaction, in: database)
        }
    }

    /// Records that an undo failed.
    package func recordStuck(_ transaction: OpenTransaction, because failure: String, at now: Date) throws {
        try write { database in
            try Self.finishRevision(of: transaction, state: .stuck, failure: failure, at: now, in: database)
            try database.execute(
                sql: "UPDATE journal SET state = 'stuck' WHERE id = ?",
                arguments: [transaction.id]
            )
            try log(.stuck, of: transaction, EventDetail(failure: failure), at: now, in: database)
        }
    }

    /// The steps that had begun, in the order of the plan.
    private static func begunSteps(of transaction: OpenTransaction, in database: Database) throws -> [Int] {
        try Int.fetchAll(
            database,
            sql: """
                SELECT position FROM journal_step
                WHERE journal = ? AND state IN ('performing', 'performed') ORDER BY position
                """,
            arguments: [transaction.id]
        ).filter(transaction.steps.indices.contains)
    }

    /// Forgets a transaction that changed nothing, with its revision and the records of its snapshots; only the event log
    /// still tells of it.
    ///
    /// The files of its snapshots must be gone: the next revision gets the same number.
    package func discard(_ transaction: OpenTransaction, because failure: String) throws {
        try write { database in
            try log(.discarded, of: transaction, EventDetail(failure: failure), in: database)
            try database.execute(
                sql: "DELETE FROM revision WHERE bundle = ? AND number = ?",
                arguments: [transaction.bundle, transaction.revision]
            )
            // A revert that came to nothing has not settled what it was for.
            try database.execute(
                sql: "UPDATE confirmation SET reverted_by = NULL WHERE bundle = ? AND reverted_by = ?",
                arguments: [transaction.bundle, transaction.revision]
            )
            try Self.releaseFiring(of: transaction, in: database)
            try Self.removeSnapshots(of: transaction, in: database)
            try Self.releaseClaims(of: transaction.bundle, in: database)
        }
    }

    /// Removes a transaction's working data once nothing is left to do for it.
    package func close(_ transaction: OpenTransaction) throws {
        try write { database in
            try Self.close(transaction, in: database)
            try log(.closed, of: transaction, in: database)
        }
    }

    /// The transactions that are open, oldest first.
    package func openTransactions(of bundle: String? = nil) throws -> [OpenTransaction] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT * FROM journal WHERE state <> 'closed' AND (?1 IS NULL OR bundle = ?1) ORDER BY id",
                arguments: [bundle]
            )
            return try rows.map { try Self.openTransaction($0, in: database) }
        }
    }

    private static func openTransaction(_ row: Row, in database: Database) throws -> OpenTransaction {
        let id: Int64 = row["id"]
        let stepRows = try Row.fetchAll(
            database,
            sql: "SELECT * FROM journal_step WHERE journal = ? ORDER BY position",
            arguments: [id]
        )
        var steps: [Step] = []
        var progress: [OpenTransaction.Progress] = []
        for stepRow in stepRows {
            var step = try Column.value(Step.self, from: stepRow["step"])
            step.facts = try Column.value([String: String].self, from: stepRow["facts"])
            steps.append(step)
            progress.append(OpenTransaction.Progress(rawValue: stepRow["state"]) ?? .performing)
        }
        let state: String = row["state"]
        guard let known = OpenTransaction.State(rawValue: state) else {
            throw StoreError(
                .newer,
                "the journal has the unknown state '\(state)'",
                hint: "use a newer version of Sheaf"
            )
        }
        return OpenTransaction(
            id: id,
            bundle: row["bundle"],
            revision: row["revision"],
            state: known,
            failure: row["failure"],
            steps: steps,
            progress: progress
        )
    }

    static func close(_ transaction: OpenTransaction, in database: Database) throws {
        try database.execute(sql: "DELETE FROM journal_step WHERE journal = ?", arguments: [transaction.id])
        try database.execute(sql: "DELETE FROM kept WHERE journal = ?", arguments: [transaction.id])
        try database.execute(sql: "UPDATE journal SET state = 'closed' WHERE id = ?", arguments: [transaction.id])
        try releaseClaims(of: transaction.bundle, in: database)
    }

    /// Gives up what the bundle claimed and does not have live.
    static func releaseClaims(of bundle: String, in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM ownership WHERE bundle = ? AND resource NOT IN (SELECT resource FROM inventory)",
            arguments: [bundle]
        )
    }
}
