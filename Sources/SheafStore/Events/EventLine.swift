import FoundationEssentials
import GRDB
import SheafModel

/// One line of the event log as the database has it, and the form in which it is hashed.
///
/// The hash of a line is the SHA-256 over the hash of the line before, as it is written, and this line in canonical JSON.
/// So who changes, removes or inserts a line has to change all lines after it, and `event_head`.
struct EventLine: Encodable {
    var sequence: Int64
    /// Milliseconds since 1970.
    var time: Int64
    var bundle: String?
    var revision: Int?
    var type: String
    var author: String
    /// Canonical JSON; hashed as the text that it is.
    var detail: String

    /// What stands in place of a hash before the first line.
    static let origin = ""

    func hash(after previous: String) throws -> String {
        Digest(of: Data(previous.utf8) + (try CanonicalJSON.encode(self))).description
    }
}

extension EventLine {
    init(_ row: Row) {
        self.init(
            sequence: row["sequence"],
            time: row["time"],
            bundle: row["bundle"],
            revision: row["revision"],
            type: row["type"],
            author: row["author"],
            detail: row["detail"]
        )
    }
}

/// The end of the event log: how many lines there are, and the hash of the last.
struct EventHead {
    var sequence: Int64
    var hash: String

    init(in database: Database) throws {
        let row = try Row.fetchOne(database.cachedStatement(sql: "SELECT sequence, hash FROM event_head"))
        guard let row else {
            throw StoreError(
                .damaged,
                "the event log has lost its end",
                hint: "put back a copy of the state database; nothing was changed"
            )
        }
        sequence = row["sequence"]
        hash = row["hash"]
    }

    /// Adds the line that a closure makes for its place, behind the last one.
    static func append(in database: Database, _ line: (_ sequence: Int64) throws -> EventLine) throws {
        let head = try EventHead(in: database)
        let line = try line(head.sequence + 1)
        let hash = try line.hash(after: head.hash)
        try database.cachedStatement(
            sql: """
                INSERT INTO event (sequence, time, bundle, revision, type, author, detail, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            line.sequence, line.time, line.bundle, line.revision, line.type, line.author, line.detail, hash,
        ])
        try database.cachedStatement(sql: "UPDATE event_head SET sequence = ?, hash = ?")
            .execute(arguments: [line.sequence, hash])
    }
}
