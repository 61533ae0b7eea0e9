package import FoundationEssentials
import GRDB
import SheafModel

/// Which events are wanted.
package struct EventQuery: Sendable, Hashable {
    /// Of one bundle; nil for all.
    package var bundle: String?
    /// Of these kinds; empty for all.
    package var kinds: [EventKind] = []
    /// Not before this time.
    package var since: Date?
    /// Behind this place in the log.
    package var after: Int64 = 0
    /// At most so many, the last ones.
    package var tail: Int?

    package init() {}
}

extension Store {
    /// What happened, oldest first.
    ///
    /// - Throws: `StoreError` when the log cannot be read.
    package func events(_ query: EventQuery) throws -> [Event] {
        var conditions = ["sequence > ?"]
        var arguments: StatementArguments = [query.after]
        if let bundle = query.bundle {
            conditions.append("bundle = ?")
            arguments += [bundle]
        }
        if let since = query.since {
            conditions.append("time >= ?")
            arguments += [since.milliseconds]
        }
        if !query.kinds.isEmpty {
            conditions.append("type IN (\(query.kinds.map { _ in "?" }.joined(separator: ", ")))")
            arguments += StatementArguments(query.kinds.map(\.rawValue))
        }
        // SQLite takes a negative limit for none.
        arguments += [query.tail ?? -1]
        let sql = """
            SELECT * FROM event WHERE \(conditions.joined(separator: " AND ")) ORDER BY sequence DESC LIMIT ?
            """
        return try read { try Row.fetchAll($0, sql: sql, arguments: arguments).map(Self.event).reversed() }
    }

    /// How many lines the event log has, over all bundles.
    package func lastEvent() throws -> Int64 { try read { try EventHead(in: $0).sequence } }

    static func event(_ row: Row) throws -> Event {
        let line = EventLine(row)
        do {
            return Event(
                sequence: line.sequence,
                time: Date(milliseconds: line.time),
                bundle: line.bundle,
                revision: line.revision,
                kind: EventKind(rawValue: line.type),
                author: line.author,
                detail: try Column.value(EventDetail.self, from: line.detail),
                hash: row["hash"]
            )
        } catch let error as DecodingError {
            throw StoreError(
                .damaged,
                "line \(line.sequence) of the event log cannot be read: \(error)",
                hint: "run 'sheaf history --verify' to see what else does not fit"
            )
        }
    }

    // MARK: Writing

    /// Adds a line about a transaction, in the SQLite transaction that makes it true.
    ///
    /// - Parameters:
    ///   - kind: What happens.
    ///   - transaction: Whose.
    ///   - detail: What is known besides.
    ///   - time: The time that the records have for it; nil for now.
    ///   - database: In which the change is being written.
    /// - Throws: What SQLite throws; then nothing of the change is written either.
    func log(
        _ kind: EventKind,
        of transaction: OpenTransaction,
        _ detail: EventDetail = EventDetail(),
        at time: Date? = nil,
        in database: Database
    ) throws {
        let (bundle, revision) = (transaction.bundle, transaction.revision)
        let writer = try Self.writer(of: bundle, revision: revision, in: database)
        try log(kind, bundle: bundle, revision: revision, detail, by: writer, at: time, in: database)
    }

    /// Adds a line, in the SQLite transaction that makes it true.
    func log(
        _ kind: EventKind,
        bundle: String,
        revision: Int? = nil,
        _ detail: EventDetail,
        by author: String,
        at time: Date? = nil,
        in database: Database
    ) throws {
        let text = try Column.text(detail)
        try EventHead.append(in: database) { sequence in
            EventLine(
                sequence: sequence,
                time: (time ?? now()).milliseconds,
                bundle: bundle,
                revision: revision,
                type: kind.rawValue,
                author: author,
                detail: text
            )
        }
    }

    /// Who writes: the holder of the bundle's lease, without one the author of the revision.
    static func writer(of bundle: String, revision: Int, in database: Database) throws -> String {
        try String.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT coalesce((SELECT user FROM lease WHERE bundle = ?1),
                        (SELECT author FROM revision WHERE bundle = ?1 AND number = ?2))
                    """
            ),
            arguments: [bundle, revision]
        ) ?? "unknown"
    }

    /// What is written down when a transaction begins: the row of its revision, and what is to change.
    static func beginning(_ revision: Revision, steps: [Step], in database: Database) throws -> EventDetail {
        var detail = EventDetail()
        let row = try Row.fetchOne(
            database,
            sql: "SELECT * FROM revision WHERE bundle = ? AND number = ?",
            arguments: [revision.bundle, revision.number]
        )
        detail.record = try row.map(record)
        detail.changes = changes(steps)
        let others = steps.compactMap { step in
            step.after.flatMap { $0.generation == revision.number ? nil : ($0.resource.id.description, $0.generation) }
        }
        if !others.isEmpty { detail.generations = Dictionary(others) { first, _ in first } }
        return detail
    }

    /// The resources that steps change, by action.
    static func changes(_ steps: [Step]) -> [String: [String]] {
        Dictionary(grouping: steps, by: \.change.action.rawValue).mapValues { steps in
            steps.map(\.change.resource.description)
        }
    }

    /// The resources of some steps.
    static func names(_ positions: [Int], of transaction: OpenTransaction) -> [String]? {
        positions.isEmpty ? nil : positions.map { transaction.steps[$0].change.resource.description }
    }

    /// A row of the table `revision` by column.
    static func record(_ row: Row) throws -> RevisionRecord {
        var record: RevisionRecord = [:]
        for (column, value) in row {
            switch value.storage {
            case .null: continue
            case .int64(let number): record[column] = .integer(number)
            case .double(let number): record[column] = .number(number)
            case .string(let text): record[column] = .string(text)
            case .blob: throw StoreError(.damaged, "the column '\(column)' of a revision holds bytes")
            }
        }
        return record
    }
}
