import FoundationEssentials
import GRDB
import SheafModel

/// Schedules come, change and go with the revision that says so, in the transaction of SQLite that makes it live.
extension Store {
    /// Records what a transaction that begins means to do; counts once it commits.
    static func record(
        _ schedule: Schedule?,
        firing: Int64?,
        of revision: Revision,
        in database: Database
    ) throws {
        if let schedule {
            try database.execute(
                sql: "INSERT INTO revision_schedule (bundle, revision, definition) VALUES (?, ?, ?)",
                arguments: [revision.bundle, revision.number, try Column.text(schedule)]
            )
        }
        if let firing {
            try database.execute(
                sql: "UPDATE firing SET revision = ? WHERE id = ? AND bundle = ? AND state = 'begun'",
                arguments: [revision.number, firing, revision.bundle]
            )
        }
    }

    /// Lets go of the firing that a transaction was made for and that has come to nothing; the firing is still open.
    static func releaseFiring(of transaction: OpenTransaction, in database: Database) throws {
        try database.execute(
            sql: "UPDATE firing SET revision = NULL WHERE bundle = ? AND revision = ? AND state = 'begun'",
            arguments: [transaction.bundle, transaction.revision]
        )
    }

    /// Lets the schedules be those of the new revision; part of the commit, once the inventory is the new one.
    func updateSchedules(of transaction: OpenTransaction, at now: Date, in database: Database) throws {
        let firings = try Row.fetchAll(
            database,
            sql: "SELECT * FROM firing WHERE bundle = ? AND revision = ? AND state = 'begun'",
            arguments: [transaction.bundle, transaction.revision]
        ).map(Firing.init)
        let firing = firings.first?.action
        try settle(firings, as: .fired, at: now, in: database)
        var wanted = try Self.workflowSchedules(of: transaction.bundle, in: database)
        let subject = ResourceID.bundle(transaction.bundle).description
        // What a firing takes down comes back by another one; what somebody deletes does not.
        if firing == .delete {
            wanted[subject] = try Self.schedule(of: subject, in: database)?.schedule
        } else {
            wanted[subject] = try String.fetchOne(
                database,
                sql: "SELECT definition FROM revision_schedule WHERE bundle = ? AND revision = ?",
                arguments: [transaction.bundle, transaction.revision]
            ).map { try Column.value(Schedule.self, from: $0) }
        }
        // Somebody has said anew what shall be there, and that is newer than what was due before.
        if firing == nil {
            let reason = "revision \(transaction.revision) is newer"
            try skip(subject, because: reason, transaction, at: now, in: database)
        }
        for (name, schedule) in wanted {
            let isNew = name == subject && firing == nil
            try Self.put(
                schedule,
                of: name,
                transaction,
                keepsRevision: firing == .delete,
                isNew: isNew,
                now,
                in: database
            )
        }
        let known = try String.fetchAll(
            database,
            sql: "SELECT subject FROM schedule WHERE bundle = ?",
            arguments: [transaction.bundle]
        )
        for gone in known where wanted[gone] == nil {
            // What has happened of it stays on record.
            try database.execute(sql: "DELETE FROM schedule WHERE subject = ?", arguments: [gone])
            try skip(gone, because: "its schedule is gone", transaction, at: now, in: database)
        }
    }

    /// The schedules of the workflows of a bundle that are live, by their names.
    private static func workflowSchedules(of bundle: String, in database: Database) throws -> [String: Schedule] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT resource, definition FROM inventory WHERE bundle = ? AND resource GLOB 'workflow:*'
                    AND json_extract(definition, '$.manifest.workflow.schedule') IS NOT NULL
                """,
            arguments: [bundle]
        )
        var found: [String: Schedule] = [:]
        for row in rows {
            found[row["resource"]] = try Column.value(ResolvedResource.self, from: row["definition"]).schedule
        }
        return found
    }

    private static func schedule(of subject: String, in database: Database) throws -> StoredSchedule? {
        try Row.fetchOne(database, sql: "SELECT * FROM schedule WHERE subject = ?", arguments: [subject])
            .map(StoredSchedule.init)
    }

    /// Keeps what was settled of a schedule whose times stay the same.
    private static func put(
        _ schedule: Schedule,
        of subject: String,
        _ transaction: OpenTransaction,
        keepsRevision: Bool,
        isNew: Bool,
        _ now: Date,
        in database: Database
    ) throws {
        let known = try Self.schedule(of: subject, in: database)
        let isKept = !isNew && known?.schedule.hasTimes(of: schedule) == true
        let settled = isKept ? known?.settled : now
        let ended = known?.schedule == schedule ? known?.ended : nil
        let revision = keepsRevision ? known?.revision : transaction.revision
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO schedule (subject, bundle, revision, definition, settled, ended)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                subject, transaction.bundle, revision ?? transaction.revision, try Column.text(schedule),
                (settled ?? now).milliseconds, ended?.milliseconds,
            ]
        )
    }

    /// Gives up what was due of a subject and has not happened yet.
    private func skip(
        _ subject: String,
        because reason: String,
        _ transaction: OpenTransaction,
        at now: Date,
        in database: Database
    ) throws {
        let (bundle, revision) = (transaction.bundle, transaction.revision)
        let open = try Row.fetchAll(
            database,
            sql: "SELECT * FROM firing WHERE subject = ? AND state IN ('begun', 'waiting') ORDER BY id",
            arguments: [subject]
        ).map(Firing.init)
        if open.isEmpty { return }
        let writer = try Self.writer(of: bundle, revision: revision, in: database)
        try settle(open, as: .skipped, because: reason, revision: revision, by: writer, at: now, in: database)
    }

    /// Finds the schedules of workflows that were live before there were records of them; those of bundles come with the
    /// next revision.
    static func importSchedules(in database: Database, at now: Int64) throws {
        for row in try Row.fetchAll(
            database,
            sql: "SELECT bundle, number FROM revision WHERE state = 'live' ORDER BY bundle"
        ) {
            let bundle: String = row["bundle"], revision: Int = row["number"]
            for (subject, schedule) in try workflowSchedules(of: bundle, in: database) {
                try database.execute(
                    sql: "INSERT INTO schedule (subject, bundle, revision, definition, settled) VALUES (?, ?, ?, ?, ?)",
                    arguments: [subject, bundle, revision, try Column.text(schedule), now]
                )
            }
        }
    }
}
