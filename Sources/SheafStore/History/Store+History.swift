import FoundationEssentials
import GRDB
package import SheafModel

/// A bundle that Sheaf knows, in one line.
package struct BundleSummary: Sendable, Hashable {
    package var name: String
    /// The newest revision that counts: the live one, else the last.
    package var revision: Revision
    /// How many resources it has live.
    package var resources: Int
    /// Whether a transaction is open, and by whom.
    package var openTransaction: OpenTransaction.State?
}

/// What is live of a bundle at one moment, and whether it is being changed then.
package struct LiveState: Sendable, Hashable {
    /// Nil when nothing is live.
    package var revision: Revision?
    /// In dependency order.
    package var resources: [ResourceInstance]
    package var openTransaction: OpenTransaction.State?
}

extension Store {
    /// What is live of a bundle: the revision and its resources belong together, also while another process commits.
    ///
    /// - Throws: `StoreError` when the database cannot be read.
    package func liveState(of bundle: String) throws -> LiveState {
        try read { database in
            let open = try String.fetchOne(
                database,
                sql: "SELECT state FROM journal WHERE bundle = ? AND state <> 'closed'",
                arguments: [bundle]
            )
            return LiveState(
                revision: try Self.liveRevision(of: bundle, in: database),
                resources: try Self.inventory(of: bundle, in: database),
                openTransaction: open.flatMap(OpenTransaction.State.init(rawValue:))
            )
        }
    }

    /// The revisions of a bundle, newest first; empty when it was never applied.
    package func revisions(of bundle: String) throws -> [Revision] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM revision WHERE bundle = ? ORDER BY number DESC",
                arguments: [bundle]
            ).map(Self.revision)
        }
    }

    /// One revision.
    ///
    /// - Returns: nil when there is none of that number.
    package func revision(_ number: Int, of bundle: String) throws -> Revision? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM revision WHERE bundle = ? AND number = ?",
                arguments: [bundle, number]
            ).map(Self.revision)
        }
    }

    /// The live revision; nil when nothing is live.
    package func liveRevision(of bundle: String) throws -> Revision? {
        try read { try Self.liveRevision(of: bundle, in: $0) }
    }

    private static func liveRevision(of bundle: String, in database: Database) throws -> Revision? {
        try Row.fetchOne(
            database,
            sql: "SELECT * FROM revision WHERE bundle = ? AND state = 'live'",
            arguments: [bundle]
        ).map(revision)
    }

    /// What is live of a bundle, in dependency order.
    ///
    /// - Parameters:
    ///   - bundle: Its name.
    ///   - kinds: Only resources of these; nil for all. Others are not read, which takes most of the time.
    /// - Returns: Empty when nothing is live.
    /// - Throws: `StoreError` when the database cannot be read.
    package func inventory(of bundle: String, kinds: [ResourceKind]? = nil) throws -> [ResourceInstance] {
        try read { try Self.inventory(of: bundle, kinds: kinds, in: $0) }
    }

    private static func inventory(
        of bundle: String,
        kinds: [ResourceKind]? = nil,
        in database: Database
    ) throws -> [ResourceInstance] {
        // A resource is written as KIND:NAME, with the workspace behind that.
        let prefixes = kinds.map { kinds in kinds.map { "resource GLOB '\($0.rawValue):*'" }.joined(separator: " OR ") }
        return try Row.fetchAll(
            database,
            sql: "SELECT * FROM inventory WHERE bundle = ? AND (\(prefixes ?? "TRUE")) ORDER BY position",
            arguments: [bundle]
        ).map(instance)
    }

    /// What is live of all bundles with its owner, by bundle and dependency order.
    package func inventory() throws -> [(bundle: String, instance: ResourceInstance)] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM inventory ORDER BY bundle, position").map { row in
                (row["bundle"], try Self.instance(row))
            }
        }
    }

    /// One live resource.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - bundle: One whose resources do not count; nil counts those of all bundles.
    /// - Returns: nil when it is not live.
    /// - Throws: `StoreError` when the database cannot be read.
    package func liveResource(_ id: ResourceID, besidesThoseOf bundle: String? = nil) throws -> ResourceInstance? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM inventory WHERE resource = ?1 AND (?2 IS NULL OR bundle <> ?2)",
                arguments: [id.description, bundle]
            ).map(Self.instance)
        }
    }

    /// All bundles, by name.
    package func bundles() throws -> [BundleSummary] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT revision.*,
                        (SELECT count(*) FROM inventory WHERE inventory.bundle = revision.bundle) AS resources,
                        (SELECT journal.state FROM journal
                            WHERE journal.bundle = revision.bundle AND journal.state <> 'closed') AS open_state
                    FROM revision
                    WHERE number = (
                        SELECT number FROM revision AS other WHERE other.bundle = revision.bundle
                        ORDER BY other.state = 'live' DESC, number DESC LIMIT 1)
                    ORDER BY bundle
                    """
            )
            return try rows.map { row in
                let open: String? = row["open_state"]
                return BundleSummary(
                    name: row["bundle"],
                    revision: try Self.revision(row),
                    resources: row["resources"],
                    openTransaction: open.flatMap(OpenTransaction.State.init(rawValue:))
                )
            }
        }
    }

    /// The names of all workspaces.
    package func workspaces() throws -> Set<String> {
        try read { Set(try String.fetchAll($0, sql: "SELECT name FROM workspace")) }
    }

    static func insert(_ revision: Revision, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO revision (bundle, number, operation, restores, state, archive, resolved, version,
                    provenance, environment, value_sources, message, author, started_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                revision.bundle, revision.number, revision.operation.rawValue, revision.restores,
                revision.state.rawValue, revision.archive?.description, revision.resolved?.description,
                revision.version, try revision.provenance.map(Column.text), revision.environment,
                try revision.valueSources.map(Column.text), revision.message, revision.author,
                revision.startedAt.milliseconds,
            ]
        )
    }

    static func finishRevision(
        of transaction: OpenTransaction,
        state: Revision.State,
        failure: String?,
        at now: Date,
        in database: Database
    ) throws {
        try database.execute(
            sql: "UPDATE revision SET state = ?, failure = ?, finished_at = ? WHERE bundle = ? AND number = ?",
            arguments: [state.rawValue, failure, now.milliseconds, transaction.bundle, transaction.revision]
        )
    }

    private static func instance(_ row: Row) throws -> ResourceInstance {
        ResourceInstance(
            resource: try Column.value(ResolvedResource.self, from: row["definition"]),
            generation: row["generation"]
        )
    }

    static func revision(_ row: Row) throws -> Revision {
        let operation: String = row["operation"], state: String = row["state"]
        guard let knownOperation = Revision.Operation(rawValue: operation),
            let knownState = Revision.State(rawValue: state)
        else {
            throw StoreError(.newer, "a revision is '\(operation)', '\(state)'", hint: "use a newer version of Sheaf")
        }
        let archive: String? = row["archive"], resolved: String? = row["resolved"]
        let provenance: String? = row["provenance"], finished: Int64? = row["finished_at"]
        let sources: String? = row["value_sources"]
        return Revision(
            bundle: row["bundle"],
            number: row["number"],
            operation: knownOperation,
            restores: row["restores"],
            state: knownState,
            archive: archive.flatMap(Digest.init(_:)),
            resolved: resolved.flatMap(Digest.init(_:)),
            version: row["version"],
            provenance: try provenance.map { try Column.value(Provenance.self, from: $0) },
            environment: row["environment"],
            valueSources: try sources.map { try Column.value([String].self, from: $0) },
            message: row["message"],
            author: row["author"],
            startedAt: Date(milliseconds: row["started_at"]),
            finishedAt: finished.map(Date.init(milliseconds:)),
            failure: row["failure"]
        )
    }
}
