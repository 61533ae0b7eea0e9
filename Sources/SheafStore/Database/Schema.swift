import FoundationEssentials
import GRDB

/// The tables, as numbered steps that are never edited once released.
enum Schema {
    /// The steps in their order; `now` is the time of what a step writes down.
    static func migrator(now: @escaping @Sendable () -> Date) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: first)
        }
        migrator.registerMigration("2") { database in
            try database.execute(sql: second)
        }
        migrator.registerMigration("3") { database in
            try database.execute(sql: third)
        }
        migrator.registerMigration("4") { database in
            try database.execute(sql: events)
            try importRevisions(in: database, at: now().milliseconds)
        }
        migrator.registerMigration("5") { database in
            try database.execute(sql: snapshots)
        }
        migrator.registerMigration("6") { database in
            try database.execute(sql: confirmations)
        }
        migrator.registerMigration("7") { database in
            try database.execute(sql: retained)
        }
        migrator.registerMigration("8") { database in
            try database.execute(sql: schedules)
            try Store.importSchedules(in: database, at: now().milliseconds)
        }
        return migrator
    }

    /// The copies of the data of volumes: one of each volume before a revision, at most.
    ///
    /// `planned` ones are being made, `missed` ones were not asked for although what writes to the volume changed, `dropped`
    /// ones wait for their removal. A row outlives its revision until its files are gone.
    private static let snapshots = """
        CREATE TABLE snapshot (
            bundle TEXT NOT NULL,
            revision INTEGER NOT NULL,
            volume TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('planned', 'taken', 'missed', 'dropped')),
            method TEXT,
            bytes INTEGER,
            files INTEGER,
            unsettled INTEGER NOT NULL DEFAULT 0,
            taken_at INTEGER,
            PRIMARY KEY (bundle, revision, volume)
        ) STRICT;
        """

    /// Whose data was kept when a resource was deleted.
    private static let retained = """
        CREATE TABLE retained (
            resource TEXT PRIMARY KEY,
            bundle TEXT NOT NULL
        ) STRICT;
        """

    /// What a revision was filled in with: the environment, and a JSON array of files and settings.
    private static let second = """
        ALTER TABLE revision ADD COLUMN environment TEXT;
        ALTER TABLE revision ADD COLUMN value_sources TEXT;
        """

    /// Secrets that the user gave to keep, each as a sealed text; and the key that has sealed all records, once one was
    /// exchanged.
    private static let third = """
        CREATE TABLE secret (
            name TEXT PRIMARY KEY,
            sealed TEXT NOT NULL,
            author TEXT NOT NULL,
            set_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE sealing_key (
            place INTEGER PRIMARY KEY CHECK (place = 1),
            id TEXT NOT NULL
        ) STRICT;
        """

    /// Revisions that have to be confirmed; one that was superseded was settled by a later one.
    ///
    /// The time that is given is known from the beginning, the deadline from the commit on.
    private static let confirmations = """
        CREATE TABLE confirmation (
            bundle TEXT NOT NULL,
            revision INTEGER NOT NULL,
            previous INTEGER,
            within INTEGER NOT NULL CHECK (within > 0),
            deadline INTEGER,
            state TEXT NOT NULL CHECK (state IN ('begun', 'pending', 'confirmed', 'reverted', 'superseded')),
            reverted_by INTEGER,
            PRIMARY KEY (bundle, revision),
            FOREIGN KEY (bundle, revision) REFERENCES revision (bundle, number) ON DELETE CASCADE
        ) STRICT;
        CREATE UNIQUE INDEX one_pending_confirmation ON confirmation (bundle) WHERE state = 'pending';
        """

    /// Times are milliseconds since 1970, JSON is text in canonical form.
    private static let first = """
        CREATE TABLE revision (
            bundle TEXT NOT NULL,
            number INTEGER NOT NULL CHECK (number > 0),
            operation TEXT NOT NULL CHECK (operation IN ('apply', 'rollback', 'delete')),
            restores INTEGER,
            state TEXT NOT NULL CHECK (state IN ('pending', 'live', 'superseded', 'failed', 'stuck')),
            archive TEXT,
            resolved TEXT,
            version TEXT,
            provenance TEXT,
            message TEXT,
            author TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            finished_at INTEGER,
            failure TEXT,
            PRIMARY KEY (bundle, number)
        ) STRICT;
        CREATE UNIQUE INDEX one_live_revision ON revision (bundle) WHERE state = 'live';

        CREATE TABLE inventory (
            resource TEXT PRIMARY KEY,
            bundle TEXT NOT NULL,
            position INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            definition TEXT NOT NULL
        ) STRICT;
        CREATE INDEX inventory_by_bundle ON inventory (bundle, position);

        CREATE TABLE ownership (
            resource TEXT PRIMARY KEY,
            bundle TEXT NOT NULL
        ) STRICT;

        CREATE TABLE workspace (
            name TEXT PRIMARY KEY,
            description TEXT,
            made_by TEXT
        ) STRICT;
        INSERT INTO workspace (name, description) VALUES
            ('public', 'for everybody'), ('sandbox', 'to try things'), ('system', 'of the platform');

        CREATE TABLE lease (
            bundle TEXT PRIMARY KEY,
            host TEXT NOT NULL,
            boot_id TEXT NOT NULL,
            pid INTEGER NOT NULL,
            start_time INTEGER NOT NULL,
            operation TEXT NOT NULL,
            user TEXT NOT NULL,
            since INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE journal (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            bundle TEXT NOT NULL,
            revision INTEGER NOT NULL,
            state TEXT NOT NULL
                CHECK (state IN ('preparing', 'performing', 'compensating', 'stuck', 'committed', 'closed')),
            failure TEXT,
            workspaces TEXT NOT NULL,
            UNIQUE (bundle, revision),
            FOREIGN KEY (bundle, revision) REFERENCES revision (bundle, number) ON DELETE CASCADE
        ) STRICT;
        CREATE UNIQUE INDEX one_open_transaction ON journal (bundle) WHERE state <> 'closed';

        CREATE TABLE journal_step (
            journal INTEGER NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('planned', 'prepared', 'performing', 'performed')),
            step TEXT NOT NULL,
            facts TEXT NOT NULL,
            PRIMARY KEY (journal, position)
        ) STRICT;

        CREATE TABLE kept (
            journal INTEGER NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
            resource TEXT NOT NULL,
            position INTEGER NOT NULL,
            definition TEXT NOT NULL,
            PRIMARY KEY (journal, resource)
        ) STRICT;
        """
}
