package import FoundationEssentials
import GRDB
package import SheafModel

extension Store {
    /// How many firings of a subject stay on record, besides those that are open and the count of missed ones.
    private static let keptFirings = 100

    /// All schedules that are live, by subject.
    package func schedules() throws -> [StoredSchedule] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM schedule ORDER BY subject").map(StoredSchedule.init)
        }
    }

    /// One of them; nil when the subject has none.
    package func schedule(of subject: ResourceID) throws -> StoredSchedule? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM schedule WHERE subject = ?",
                arguments: [subject.description]
            ).map(StoredSchedule.init)
        }
    }

    /// What is begun or waits, oldest first; at most one of each subject.
    package func openFirings() throws -> [Firing] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM firing WHERE state IN ('begun', 'waiting') ORDER BY id"
            ).map(Firing.init)
        }
    }

    /// What is on record of a subject, newest first; the count of missed ones is among them.
    package func firings(of subject: ResourceID) throws -> [Firing] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM firing WHERE subject = ? ORDER BY id DESC",
                arguments: [subject.description]
            ).map(Firing.init)
        }
    }

    /// Records what becomes of everything that was due, before any of it happens.
    ///
    /// - Parameters:
    ///   - decision: What becomes of it.
    ///   - schedule: As it was read when that was decided.
    ///   - now: When.
    /// - Returns: What is to happen now, as it is recorded; nil when that is nothing, or when the schedule is another one by
    ///   now: then nothing is recorded.
    /// - Throws: `StoreError` when the database cannot be written.
    package func record(_ decision: FiringDecision, of schedule: StoredSchedule, at now: Date) throws -> Firing? {
        try write { database in
            let subject = schedule.subject.description
            try database.execute(
                sql: "UPDATE schedule SET settled = ? WHERE subject = ? AND settled = ? AND definition = ?",
                arguments: [
                    decision.until.milliseconds, subject, schedule.settled.milliseconds,
                    try Column.text(schedule.schedule),
                ]
            )
            guard database.changesCount > 0 else { return nil }
            for (action, missed) in decision.missed.sorted(by: { $0.value.last < $1.value.last }) {
                try count(missed, action, of: schedule, at: now, in: database)
            }
            guard let due = decision.firing else { return nil }
            try database.execute(
                sql: """
                    INSERT INTO firing (subject, bundle, action, due, state, time) VALUES (?, ?, ?, ?, 'begun', ?)
                    """,
                arguments: [subject, schedule.bundle, due.action.rawValue, due.date.milliseconds, now.milliseconds]
            )
            let id = database.lastInsertedRowID
            try database.execute(
                sql: """
                    DELETE FROM firing WHERE subject = ?1 AND state IN ('fired', 'skipped', 'failed') AND id NOT IN
                        (SELECT id FROM firing WHERE subject = ?1 ORDER BY id DESC LIMIT ?2)
                    """,
                arguments: [subject, Self.keptFirings]
            )
            return try Row.fetchOne(database, sql: "SELECT * FROM firing WHERE id = ?", arguments: [id])
                .map(Firing.init)
        }
    }

    private func count(
        _ missed: FiringDecision.Missed,
        _ action: Schedule.Action,
        of schedule: StoredSchedule,
        at now: Date,
        in database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO firing (subject, bundle, action, due, state, count, time) VALUES (?, ?, ?, ?, 'missed', ?, ?)
                ON CONFLICT (subject, action) WHERE state = 'missed'
                DO UPDATE SET count = count + excluded.count, due = excluded.due, time = excluded.time
                """,
            arguments: [
                schedule.subject.description, schedule.bundle, action.rawValue, missed.last.milliseconds, missed.count,
                now.milliseconds,
            ]
        )
        let row = try Row.fetchOne(
            database,
            sql: "SELECT * FROM firing WHERE subject = ? AND action = ? AND state = 'missed'",
            arguments: [schedule.subject.description, action.rawValue]
        )
        guard var firing = try row.map(Firing.init) else { return }
        // The record counts all that were ever missed, the event those that are new.
        firing.count = missed.count
        try log(firing, in: database)
    }

    /// Records, before it happens, that the run of a firing is about to begin.
    ///
    /// - Parameters:
    ///   - firing: An open one.
    ///   - run: The last run of the workflow at this moment, so that a later one shows; nil for none.
    /// - Throws: `StoreError` when the database cannot be written.
    package func recordStart(of firing: Firing, after run: String?) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE firing SET state = 'begun', run_before = ? WHERE id = ? AND state IN ('begun', 'waiting')",
                arguments: [run ?? "", firing.id]
            )
        }
    }

    /// Records what became of an open firing; nothing happens when that is recorded already.
    ///
    /// - Parameters:
    ///   - state: Its new state; `missed` adds it to those that are counted.
    ///   - firing: Which.
    ///   - detail: Why, in words.
    ///   - run: The run that was begun.
    ///   - now: When.
    /// - Throws: `StoreError` when the database cannot be written.
    package func record(
        _ state: Firing.State,
        of firing: Firing,
        because detail: String? = nil,
        run: String? = nil,
        at now: Date
    ) throws {
        try write { database in
            let row = try Row.fetchOne(
                database,
                sql: "SELECT * FROM firing WHERE id = ? AND state IN ('begun', 'waiting')",
                arguments: [firing.id]
            )
            guard let open = try row.map(Firing.init) else { return }
            switch state {
            case .begun, .waiting:
                try database.execute(
                    sql: """
                        UPDATE firing SET state = ?1, detail = ?2, time = ?3 WHERE id = ?4
                        """,
                    arguments: [state.rawValue, detail, now.milliseconds, open.id]
                )
            case .fired, .skipped, .failed:
                try settle([open], as: state, because: detail, run: run, at: now, in: database)
            case .missed: try recordMissed(open, at: now, in: database)
            }
        }
    }

    private func recordMissed(_ firing: Firing, at now: Date, in database: Database) throws {
        try database.execute(sql: "DELETE FROM firing WHERE id = ?", arguments: [firing.id])
        let row = try Row.fetchOne(
            database,
            sql: "SELECT * FROM schedule WHERE subject = ?",
            arguments: [firing.subject.description]
        )
        guard let row else { return }
        let missed = FiringDecision.Missed(count: 1, last: firing.due)
        try count(missed, firing.action, of: StoredSchedule(row), at: now, in: database)
    }

    /// Records that nothing of a schedule happens any more, and that no run of it is in progress.
    package func recordEnd(of schedule: StoredSchedule, at now: Date) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE schedule SET ended = ? WHERE subject = ? AND definition = ?",
                arguments: [
                    now.milliseconds, schedule.subject.description, try Column.text(schedule.schedule),
                ]
            )
        }
    }
}
