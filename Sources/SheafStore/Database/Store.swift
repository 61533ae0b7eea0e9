package import FoundationEssentials
import GRDB
import Glibc
import SheafModel
import SheafSystem

/// Sheaf's own records in one SQLite file: revisions, what is live, the journal of open transactions, leases, events.
///
/// Every write is one SQLite transaction that is synced before the call returns, so whoever dies afterwards leaves it
/// behind. Reading never waits for a writer. Safe to use from several processes at once.
package struct Store: Sendable {
    package let path: String
    let queue: DatabaseQueue
    /// Tells the time of events.
    let now: @Sendable () -> Date

    /// How often a write looks whether another process's write is over, at least a millisecond apart: 20 s in all.
    private static let busyTries = 20_000

    /// Opens the database in a folder, and makes both when they are missing.
    ///
    /// - Parameters:
    ///   - home: `$SHEAF_HOME`; is made with mode 0700.
    ///   - now: Tells the time of events.
    /// - Returns: The store, migrated to this version's tables.
    /// - Throws: `StoreError` when it cannot be opened, is damaged, or was made by a newer Sheaf.
    package static func open(home: String, now: @escaping @Sendable () -> Date = { Date.now }) throws -> Store {
        let path = "\(home)/state.db"
        do throws(SystemError) {
            try PrivateFolder.make(home)
            // SQLite gives the files beside it the same mode; the database holds the values of secrets.
            try PrivateFolder.makeFile(path)
        } catch {
            throw StoreError(
                .unavailable,
                "cannot \(error.action): \(error.reason)",
                hint: "set SHEAF_HOME to a folder that you may write"
            )
        }
        return try Store(path: path, now: now)
    }

    /// Opens the database in a folder if there is one.
    ///
    /// - Returns: nil when nothing was ever applied there.
    /// - Throws: As `open(home:)`.
    package static func openExisting(home: String) throws -> Store? {
        // Only what is certainly absent counts as such: a folder that may not be read is an error.
        guard access("\(home)/state.db", F_OK) == 0 || errno != ENOENT else { return nil }
        return try Store(path: "\(home)/state.db", now: { Date.now })
    }

    private init(path: String, now: @escaping @Sendable () -> Date) throws {
        self.path = path
        self.now = now
        var configuration = Configuration()
        // SQLite itself would look ever more seldom, and sleep on for up to 100 ms when the other has long been done.
        configuration.busyMode = .callback { tries in
            usleep(1000)
            return tries < Self.busyTries
        }
        configuration.foreignKeysEnabled = true
        // A command may only read, and then must not wait for a writer: transactions that write say so themselves.
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            let migrator = Schema.migrator(now: now)
            let (isCurrent, isNewer) = try queue.read { database in
                (try migrator.hasCompletedMigrations(database), try migrator.hasBeenSuperseded(database))
            }
            if isNewer {
                throw StoreError(
                    .newer,
                    "the state database \(path) was made by a newer version of Sheaf",
                    hint: "use that version, or set SHEAF_HOME to another folder"
                )
            }
            if !isCurrent { try Self.migrate(queue, with: migrator) }
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }

    /// Makes or changes the tables; another process may be doing the same at this moment.
    private static func migrate(_ queue: DatabaseQueue, with migrator: DatabaseMigrator) throws {
        do {
            try migrator.migrate(queue)
        } catch {
            guard try queue.read(migrator.hasCompletedMigrations) else { throw error }
        }
    }

    /// Reads in one consistent view.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.read(body)
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }

    /// Writes in one transaction that begins as a writer, so that it never fails half-way for a lock.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.writeWithoutTransaction { database in
                var result: Value?
                try database.inTransaction(.immediate) {
                    result = try body(database)
                    return .commit
                }
                guard let result else { throw StoreError(.unavailable, "a write of the state database was lost") }
                return result
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }
}

extension Date {
    /// Milliseconds since 1970, as the database keeps times.
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}

/// JSON columns.
enum Column {
    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try CanonicalJSON.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try CanonicalJSON.decode(type, from: Data(text.utf8))
    }
}
