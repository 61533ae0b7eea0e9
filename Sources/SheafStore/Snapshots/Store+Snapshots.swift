package import FoundationEssentials
import GRDB
package import SheafModel

/// What is known of a volume's data from just before a revision.
package enum SnapshotRecord: Hashable, Sendable {
    case taken(Snapshot)
    /// What writes to the volume changed with the revision, and no copy was taken.
    case missed(SnapshotID)

    package var id: SnapshotID {
        switch self {
        case .taken(let snapshot): snapshot.id
        case .missed(let id): id
        }
    }

    /// nil when no copy was taken.
    package var snapshot: Snapshot? {
        guard case .taken(let snapshot) = self else { return nil }
        return snapshot
    }
}

extension Store {
    /// The snapshots of a bundle that are there, oldest revision first.
    ///
    /// - Parameter bundle: Its name; nil for all bundles.
    /// - Returns: Those of failed revisions too.
    /// - Throws: `StoreError` when the database cannot be read.
    package func snapshots(of bundle: String? = nil) throws -> [Snapshot] {
        try snapshotRecords(of: bundle).compactMap(\.snapshot)
    }

    /// What is known of the data of a bundle's volumes, oldest revision first.
    package func snapshotRecords(of bundle: String? = nil) throws -> [SnapshotRecord] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM snapshot WHERE state IN ('taken', 'missed') AND (?1 IS NULL OR bundle = ?1)
                    ORDER BY bundle, revision, volume
                    """,
                arguments: [bundle]
            ).map { row in
                let id = try Self.snapshotID(row)
                let state: String = row["state"]
                return state == "missed" ? .missed(id) : .taken(try Self.snapshot(id, row))
            }
        }
    }

    /// The snapshots that a transaction takes or has taken, whether they are whole or not.
    package func snapshotIDs(of transaction: OpenTransaction) throws -> [SnapshotID] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM snapshot WHERE bundle = ? AND revision = ? AND state IN ('planned', 'taken')
                    ORDER BY volume
                    """,
                arguments: [transaction.bundle, transaction.revision]
            ).map(Self.snapshotID)
        }
    }

    /// Records what became of the copies that a transaction planned: nil for a volume that had no data.
    package func recordSnapshots(_ contents: [SnapshotID: SnapshotContent?], at now: Date) throws {
        try write { database in
            let update = try database.makeStatement(
                sql: """
                    UPDATE snapshot SET state = ?, method = ?, bytes = ?, files = ?, unsettled = ?, taken_at = ?
                    WHERE bundle = ? AND revision = ? AND volume = ?
                    """
            )
            for (id, content) in contents {
                try update.execute(arguments: [
                    content == nil ? "missed" : "taken", content?.method.rawValue, content?.bytes, content?.files,
                    content?.unsettled ?? 0, now.milliseconds, id.bundle, id.revision, id.volume.description,
                ])
            }
        }
    }

    /// Gives up snapshots: from now on nobody restores them, and their files may be removed.
    ///
    /// - Parameters:
    ///   - bundle: Whose.
    ///   - revisions: Those before which they were taken; nil for all.
    ///   - volumes: Of which; nil for all.
    /// - Throws: `StoreError` when the database cannot be written.
    package func forgetSnapshots(of bundle: String, revisions: Set<Int>? = nil, volumes: Set<ResourceID>? = nil) throws
    {
        try write { database in
            try Self.forgetSnapshots(of: bundle, revisions: revisions, volumes: volumes, in: database)
        }
    }

    /// The snapshots whose files may be removed: those that were given up, and those whose revision is forgotten.
    ///
    /// - Parameter forgotten: Revisions that are taken for forgotten too, to see what that would free.
    /// - Returns: By bundle, oldest revision first.
    /// - Throws: `StoreError` when the database cannot be read.
    package func droppedSnapshots(without forgotten: [ForgottenRevisions] = []) throws -> [SnapshotID] {
        let gone = Dictionary(forgotten.map { ($0.bundle, Set($0.revisions)) }) { $0.union($1) }
        return try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT *, state = 'dropped' OR NOT EXISTS (
                        SELECT 1 FROM revision
                        WHERE revision.bundle = snapshot.bundle AND revision.number = snapshot.revision) AS is_dropped
                    FROM snapshot WHERE is_dropped OR state = 'taken' ORDER BY bundle, revision, volume
                    """
            ).compactMap { row in
                let id = try Self.snapshotID(row), isDropped: Bool = row["is_dropped"]
                return isDropped || gone[id.bundle]?.contains(id.revision) == true ? id : nil
            }
        }
    }

    /// Forgets a snapshot whose files are gone.
    package func removeSnapshot(_ id: SnapshotID) throws {
        try write { database in
            try database.execute(
                sql: "DELETE FROM snapshot WHERE bundle = ? AND revision = ? AND volume = ?",
                arguments: [id.bundle, id.revision, id.volume.description]
            )
        }
    }

    // MARK: Within a transaction

    /// Refuses to put back what was given up after it was chosen: its files may be going.
    static func checkSources(of steps: [Step], in database: Database) throws {
        for source in steps.compactMap(\.restore?.source) {
            let isThere = try Bool.fetchOne(
                database,
                sql: """
                    SELECT EXISTS (
                        SELECT 1 FROM snapshot WHERE bundle = ? AND revision = ? AND volume = ? AND state = 'taken')
                    """,
                arguments: [source.bundle, source.revision, source.volume.description]
            )
            guard isThere != true else { continue }
            throw StoreError(
                .snapshotGone,
                "the copy of the data of \(source.volume) from before revision \(source.revision) was just given up",
                hint: "see what is left: sheaf snapshots \(source.bundle)"
            )
        }
    }

    /// What was never copied has no files to be removed, so its row goes at once.
    static func forgetSnapshots(
        of bundle: String,
        revisions: Set<Int>?,
        volumes: Set<ResourceID>?,
        in database: Database
    ) throws {
        let rows = try Row.fetchAll(database, sql: "SELECT * FROM snapshot WHERE bundle = ?", arguments: [bundle])
        let drop = try database.makeStatement(
            sql: """
                UPDATE snapshot SET state = 'dropped'
                WHERE bundle = ? AND revision = ? AND volume = ? AND state <> 'missed'
                """
        )
        let remove = try database.makeStatement(
            sql: "DELETE FROM snapshot WHERE bundle = ? AND revision = ? AND volume = ? AND state = 'missed'"
        )
        for id in try rows.map(Self.snapshotID) {
            guard revisions?.contains(id.revision) ?? true, volumes?.contains(id.volume) ?? true else { continue }
            for statement in [drop, remove] {
                try statement.execute(arguments: [id.bundle, id.revision, id.volume.description])
            }
        }
    }

    static func insert(_ planned: PlannedSnapshots, in database: Database) throws {
        // Set aside is what is there at the commit; until then nothing is known of it but how it is done.
        let all =
            planned.copied.map { ($0.id, "planned", nil as String?) }
            + planned.moved.map { ($0, "planned", SnapshotContent.Method.moved.rawValue as String?) }
            + planned.missed.map { ($0, "missed", nil as String?) }
        let insert = try database.makeStatement(
            sql: "INSERT OR REPLACE INTO snapshot (bundle, revision, volume, state, method) VALUES (?, ?, ?, ?, ?)"
        )
        for (id, state, method) in all {
            try insert.execute(arguments: [id.bundle, id.revision, id.volume.description, state, method])
        }
    }

    /// Decides about what was planned and not taken: data that was set aside is there after a commit, and only then.
    static func settleSnapshots(
        of transaction: OpenTransaction,
        isCommitted: Bool,
        at now: Date,
        in database: Database
    ) throws {
        try database.execute(
            sql: "UPDATE snapshot SET state = ?, taken_at = ? WHERE bundle = ? AND revision = ? AND state = 'planned'",
            arguments: [
                isCommitted ? "taken" : "dropped", now.milliseconds, transaction.bundle, transaction.revision,
            ]
        )
    }

    static func removeSnapshots(of transaction: OpenTransaction, in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM snapshot WHERE bundle = ? AND revision = ?",
            arguments: [transaction.bundle, transaction.revision]
        )
    }

    private static func snapshotID(_ row: Row) throws -> SnapshotID {
        let text: String = row["volume"]
        guard let volume = ResourceID(text) else {
            throw StoreError(.damaged, "a snapshot is of '\(text)', which names no volume")
        }
        return SnapshotID(bundle: row["bundle"], revision: row["revision"], volume: volume)
    }

    private static func snapshot(_ id: SnapshotID, _ row: Row) throws -> Snapshot {
        let word: String? = row["method"]
        guard let method = word.flatMap(SnapshotContent.Method.init(rawValue:)) else {
            throw StoreError(
                .newer,
                "a snapshot was made by '\(word ?? "nothing")'",
                hint: "use a newer version of Sheaf"
            )
        }
        let taken: Int64? = row["taken_at"]
        return Snapshot(
            id: id,
            content: SnapshotContent(
                method: method,
                bytes: row["bytes"],
                files: row["files"],
                unsettled: row["unsettled"]
            ),
            takenAt: Date(milliseconds: taken ?? 0)
        )
    }
}
