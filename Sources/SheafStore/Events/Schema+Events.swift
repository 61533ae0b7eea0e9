import GRDB
import SheafModel

extension Schema {
    /// The event log, and its end, which shows when lines are missing there.
    static let events = """
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
            time INTEGER NOT NULL,
            bundle TEXT,
            revision INTEGER,
            type TEXT NOT NULL,
            author TEXT NOT NULL,
            detail TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE INDEX event_by_bundle ON event (bundle, sequence);
        CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
            BEGIN SELECT RAISE(ABORT, 'the event log is never changed'); END;
        CREATE TRIGGER event_is_not_removed BEFORE DELETE ON event
            BEGIN SELECT RAISE(ABORT, 'the event log is never shortened'); END;

        CREATE TABLE event_head (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            sequence INTEGER NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        INSERT INTO event_head (only, sequence, hash) VALUES (1, 0, '');
        """

    /// Writes down what is in a history from before there was a log, so that it can be held against it from now on.
    ///
    /// - Parameters:
    ///   - database: That is being migrated.
    ///   - time: Now, in milliseconds since 1970.
    /// - Throws: `StoreError` for what no version wrote.
    static func importRevisions(in database: Database, at time: Int64) throws {
        for row in try Row.fetchAll(database, sql: "SELECT * FROM revision ORDER BY bundle, number") {
            let bundle: String = row["bundle"], state: String = row["state"], author: String = row["author"]
            let revision: Int = row["number"]
            var detail = EventDetail()
            detail.record = try Store.record(row)
            detail.changes = try openChanges(of: bundle, revision: revision, in: database)
            if state == Revision.State.live.rawValue {
                let inventory = try Row.fetchAll(
                    database,
                    sql: "SELECT resource, generation FROM inventory WHERE bundle = ?",
                    arguments: [bundle]
                ).map { (row: Row) -> (String, Int) in (row["resource"], row["generation"]) }
                detail.generations = Dictionary(inventory) { first, _ in first }
            }
            let text = try Column.text(detail)
            try EventHead.append(in: database) { sequence in
                EventLine(
                    sequence: sequence,
                    time: time,
                    bundle: bundle,
                    revision: revision,
                    type: EventKind.imported.rawValue,
                    author: author,
                    detail: text
                )
            }
        }
    }

    /// What a transaction that is still open will change; nil when it is closed.
    private static func openChanges(
        of bundle: String,
        revision: Int,
        in database: Database
    ) throws -> [String: [String]]? {
        let texts = try String.fetchAll(
            database,
            sql: """
                SELECT step FROM journal_step JOIN journal ON journal.id = journal_step.journal
                WHERE bundle = ? AND revision = ? AND journal.state NOT IN ('committed', 'closed') ORDER BY position
                """,
            arguments: [bundle, revision]
        )
        return texts.isEmpty ? nil : Store.changes(try texts.map { try Column.value(Step.self, from: $0) })
    }
}
