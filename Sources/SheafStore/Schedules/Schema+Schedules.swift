extension Schema {
    /// What is live and happens by itself, what of it was due, and what revisions that are open or live say of it.
    ///
    /// `settled` is the moment up to which it is decided what becomes of what was due. A firing is open while it is `begun`,
    /// which is written down before anything happens, or `waiting` for the end of a run; missed ones are only counted.
    static let schedules = """
        CREATE TABLE schedule (
            subject TEXT PRIMARY KEY,
            bundle TEXT NOT NULL,
            revision INTEGER NOT NULL,
            definition TEXT NOT NULL,
            settled INTEGER NOT NULL,
            ended INTEGER
        ) STRICT;
        CREATE INDEX schedule_by_bundle ON schedule (bundle);

        CREATE TABLE firing (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            subject TEXT NOT NULL,
            bundle TEXT NOT NULL,
            action TEXT NOT NULL CHECK (action IN ('run', 'create', 'delete')),
            due INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('begun', 'waiting', 'fired', 'skipped', 'failed', 'missed')),
            count INTEGER NOT NULL DEFAULT 1 CHECK (count > 0),
            run_before TEXT,
            revision INTEGER,
            detail TEXT,
            time INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX firing_by_subject ON firing (subject, id);
        CREATE UNIQUE INDEX one_open_firing ON firing (subject) WHERE state IN ('begun', 'waiting');
        CREATE UNIQUE INDEX one_count_of_missed ON firing (subject, action) WHERE state = 'missed';

        CREATE TABLE revision_schedule (
            bundle TEXT NOT NULL,
            revision INTEGER NOT NULL,
            definition TEXT NOT NULL,
            PRIMARY KEY (bundle, revision),
            FOREIGN KEY (bundle, revision) REFERENCES revision (bundle, number) ON DELETE CASCADE
        ) STRICT;
        """
}
