import FoundationEssentials
import GRDB
import SheafModel
import SheafStore
import SheafTestSupport
import Synchronization
import Testing

/// What the store writes into its event log, and that nothing in it can be changed unnoticed.
@Suite struct EventLogTests {
    private let scratch: ScratchDirectory
    private let store: Store

    init() throws {
        scratch = try ScratchDirectory("events")
        store = try Self.open(scratch.path)
    }

    /// A store whose clock goes on a second at each look.
    private static func open(_ home: String) throws -> Store {
        let seconds = Mutex(1_000_000.0)
        return try Store.open(home: home) {
            seconds.withLock { seconds in
                seconds += 1
                return Date(timeIntervalSince1970: seconds)
            }
        }
    }

    private static func time(_ seconds: Double) -> Date { Date(timeIntervalSince1970: seconds) }

    private static func revision(_ number: Int, of bundle: String = "shop", _ operation: Revision.Operation = .apply)
        -> Revision
    {
        Revision(
            bundle: bundle,
            number: number,
            operation: operation,
            restores: operation == .rollback ? 1 : nil,
            state: .pending,
            archive: Digest(of: Array("archive \(number)".utf8)),
            resolved: Digest(of: Array("resolved \(number)".utf8)),
            version: "1.\(number).0",
            provenance: Provenance(commit: "abc", subdirectory: "bundles/shop", dirty: true),
            environment: "prod",
            valueSources: ["values.yaml"],
            message: "because of \(number)",
            author: "ann",
            startedAt: time(Double(number) + 0.123)
        )
    }

    private static func step(_ name: String, _ action: Change.Action = .create, by generation: Int) -> Step {
        let resource = BundleBuilder.worker(name)
        let instance = ResourceInstance(resource: resource, generation: generation)
        return Step(
            change: Change(action: action, resource: resource.id),
            before: action == .create ? nil : instance,
            after: action == .delete ? nil : instance
        )
    }

    /// A life with every kind of event but `imported`: one that is live, one discarded, one failed, one rolled back to.
    private static func live(_ store: Store) throws {
        let owner = LeaseOwner.current(user: "bea", operation: "apply", now: time(1))
        let first = try store.begin(
            revision(1),
            steps: [step("a", by: 1), step("b", by: 1)],
            kept: [],
            workspaces: []
        )
        try store.takeLease(of: "shop", as: owner)
        try store.recordPrepared([0: [:], 1: ["port": "80"]], in: first)
        try store.recordProgress(begun: [0, 1], done: [], in: first)
        try store.commit(first, at: time(10))
        try store.close(first)
        try store.discard(
            try store.begin(revision(2), steps: [step("c", by: 2)], kept: [], workspaces: []),
            because: "the image is not there"
        )
        let failed = try store.begin(revision(2), steps: [step("c", by: 2)], kept: [], workspaces: [])
        try store.recordPrepared([0: [:]], in: failed)
        try store.recordProgress(begun: [0], done: [], in: failed)
        try store.recordCompensation(of: failed, because: "it is not ready")
        try store.recordStuck(failed, because: "it is not ready; then it cannot be removed", at: time(20))
        try store.recordCompensated(failed, because: "it is not ready", at: time(21))
        let back = try store.begin(revision(3, .rollback), steps: [step("a", .delete, by: 1)], kept: [], workspaces: [])
        try store.commit(back, at: time(30))
        try store.close(back)
        try store.returnLease(of: "shop", from: owner)
        let other = try store.begin(revision(1, of: "other"), steps: [], kept: [], workspaces: [])
        try store.commit(other, at: time(40))
        try store.close(other)
    }

    private func kinds(_ query: EventQuery = EventQuery()) throws -> [String] {
        try store.events(query).map(\.kind.rawValue)
    }

    /// Changes the database behind the store's back.
    private func change(_ sql: String, arguments: StatementArguments = StatementArguments()) throws {
        try DatabaseQueue(path: store.path).writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = 1; PRAGMA foreign_keys = 0")
            try database.execute(sql: "DROP TRIGGER IF EXISTS event_is_not_changed")
            try database.execute(sql: "DROP TRIGGER IF EXISTS event_is_not_removed")
            try database.execute(sql: sql, arguments: arguments)
        }
    }

    @Test func everyWriteOfTheJournalIsAnEvent() throws {
        try Self.live(store)
        #expect(
            try kinds() == [
                "begun", "recovering", "prepared", "steps", "committed", "closed", "begun", "discarded", "begun",
                "prepared", "steps", "compensating", "stuck", "failed", "begun", "committed", "closed", "begun",
                "committed", "closed",
            ]
        )
        let events = try store.events(EventQuery())
        #expect(events.map(\.sequence) == Array(1...20))
        #expect(events[0].author == "ann" && events[2].author == "bea")
        #expect(events[0].detail.changes == ["create": ["worker:a:public", "worker:b:public"]])
        #expect(events[0].detail.record?.text("message") == "because of 1")
        #expect(events[3].detail.begun == ["worker:a:public", "worker:b:public"])
        #expect(events[7].detail.failure == "the image is not there" && events[7].revision == 2)
        #expect(events[13].detail.undone == ["worker:c:public"])
        #expect(events[15].detail.supersedes == 1)
        #expect(events[4].time == Self.time(10))
    }

    @Test func eventsAreFoundByBundleKindTimeAndPlace() throws {
        try Self.live(store)
        var query = EventQuery()
        query.bundle = "other"
        #expect(try kinds(query) == ["begun", "committed", "closed"])
        query.kinds = [.committed, .closed]
        #expect(try kinds(query) == ["committed", "closed"])
        query.tail = 1
        #expect(try kinds(query) == ["closed"])
        query = EventQuery()
        query.after = 19
        #expect(try kinds(query) == ["closed"])
        query = EventQuery()
        query.since = Self.time(1_000_000)
        query.kinds = [.begun, .prepared]
        #expect(try kinds(query) == ["prepared", "prepared"])
        #expect(try store.lastEvent() == 20)
    }

    @Test func theChronicleKnowsWhatWasLiveWhen() throws {
        try Self.live(store)
        let chronicle = try store.chronicle(of: "shop", watching: 1)
        #expect(chronicle.live == 3)
        #expect(chronicle.inventory == ["worker:b:public": 1])
        #expect(chronicle.moment?.inventory == ["worker:a:public": 1, "worker:b:public": 1])
        #expect(try store.chronicle(of: "shop", watching: 2).moment?.live == 1)
        #expect(try store.chronicle(of: "shop", watching: 9).moment == nil)
        #expect(chronicle.revisions.mapValues(\.state) == [1: .superseded, 2: .failed, 3: .live])
    }

    // MARK: The chain

    @Test func aWholeHistoryIsVerified() throws {
        #expect(try store.verifyHistory().isWhole)
        try Self.live(store)
        let result = try store.verifyHistory()
        #expect(result.problems == [])
        #expect(result.events == 20 && result.revisions == 4)
        #expect(result.head == (try store.events(EventQuery()).last?.hash))
        #expect(try store.verifyHistory(of: "other").revisions == 1)
    }

    @Test func theLogRefusesToBeChanged() throws {
        try Self.live(store)
        for sql in ["UPDATE event SET author = 'eve'", "DELETE FROM event WHERE sequence = 20"] {
            #expect(throws: DatabaseError.self) {
                try DatabaseQueue(path: store.path).writeWithoutTransaction { try $0.execute(sql: sql) }
            }
        }
    }

    /// Other values for every column of a table, by row.
    private func edits(of table: String, key: [String]) throws -> [(sql: String, arguments: StatementArguments)] {
        try DatabaseQueue(path: store.path).read { database in
            let columns = try database.columns(in: table)
            return try Row.fetchAll(database, sql: "SELECT * FROM \(table)").flatMap { row in
                columns.flatMap { column -> [(sql: String, arguments: StatementArguments)] in
                    let value: DatabaseValue = row[column.name]
                    let place = key.map { "\($0) = ?" }.joined(separator: " AND ")
                    let keys = StatementArguments(key.map { row[$0] as DatabaseValue })
                    let others: [DatabaseValue] =
                        column.type == "INTEGER"
                        ? [(Int64.fromDatabaseValue(value).map { $0 + 100 } ?? 7).databaseValue]
                        : [((String.fromDatabaseValue(value) ?? "") + " ").databaseValue, "somebody".databaseValue]
                    let nothing =
                        column.isNotNull || column.primaryKeyIndex > 0 || value.isNull ? [] : [DatabaseValue.null]
                    return (others + nothing).map { other in
                        ("UPDATE \(table) SET \(column.name) = ? WHERE \(place)", [other] + keys)
                    }
                }
            }
        }
    }

    @Test(arguments: [("event", ["sequence"]), ("revision", ["bundle", "number"]), ("event_head", ["only"])])
    func everyEditOfASingleFieldIsFound(table: String, key: [String]) throws {
        try Self.live(store)
        let whole = try Data(contentsOf: copy())
        let edits = try edits(of: table, key: key)
        #expect(edits.count >= (table == "event_head" ? 3 : 60))
        for edit in edits where !edit.sql.contains("SET only") {
            let other = try ScratchDirectory("edited")
            try whole.write(to: URL(filePath: other.path("state.db")))
            let edited = try Store.open(home: other.path)
            try DatabaseQueue(path: edited.path).writeWithoutTransaction { database in
                try database.execute(
                    sql: """
                        PRAGMA ignore_check_constraints = 1; PRAGMA foreign_keys = 0;
                        DROP TRIGGER event_is_not_changed; DROP INDEX one_live_revision;
                        """
                )
                try database.execute(sql: edit.sql, arguments: edit.arguments)
            }
            let result = try edited.verifyHistory()
            #expect(!result.isWhole, "\(edit.sql) \(edit.arguments)")
            #expect(table != "event" || result.problems.first?.sequence != nil, "\(edit.sql) \(edit.arguments)")
        }
    }

    /// A copy of the database in one file.
    private func copy() throws -> URL {
        let path = scratch.path("copy.db")
        try DatabaseQueue(path: store.path).writeWithoutTransaction { database in
            try database.execute(sql: "VACUUM INTO ?", arguments: [path])
        }
        return URL(filePath: path)
    }

    @Test func theFirstLineThatDoesNotFitIsNamed() throws {
        try Self.live(store)
        try change("UPDATE event SET author = 'eve' WHERE sequence = 5")
        let problem = try #require(try store.verifyHistory().problems.first)
        #expect(problem.sequence == 5 && problem.time == Self.time(10) && problem.claim == "committed by eve")
        #expect(problem.bundle == "shop" && problem.revision == 1)
        #expect(try store.verifyHistory().problems.count == 1)
    }

    @Test(arguments: [
        "DELETE FROM event WHERE sequence = 1", "DELETE FROM event WHERE sequence = 12",
        "DELETE FROM event WHERE sequence = 20", "DELETE FROM event WHERE sequence > 17", "DELETE FROM event",
        "DELETE FROM revision WHERE number = 2", "UPDATE event_head SET sequence = 19",
        """
        INSERT INTO event (sequence, time, bundle, revision, type, author, detail, hash)
        SELECT 21, time, bundle, revision, type, author, detail, hash FROM event WHERE sequence = 20
        """,
        """
        INSERT INTO revision (bundle, number, operation, state, author, started_at)
        VALUES ('shop', 9, 'apply', 'superseded', 'eve', 1)
        """,
    ])
    func whatIsRemovedOrPutInIsFound(change sql: String) throws {
        try Self.live(store)
        try change(sql)
        #expect(try !store.verifyHistory().isWhole)
    }

    @Test func aLogThatWasMadeAnewIsFoundByAHashThatWasWrittenDown() throws {
        try Self.live(store)
        let head = try #require(Digest(try store.verifyHistory().head))
        #expect(try store.verifyHistory(expecting: head).isExpectedThere == true)
        let again = try store.begin(Self.revision(4), steps: [], kept: [], workspaces: [])
        try store.commit(again, at: Self.time(50))
        #expect(try store.verifyHistory(expecting: head).isWhole, "the log has only grown")
        let forged = try ScratchDirectory("forged")
        let other = try Self.open(forged.path)
        try Self.live(other)
        let extra = try other.begin(Self.revision(4), steps: [], kept: [], workspaces: [])
        try other.discard(extra, because: "another life")
        #expect(try other.verifyHistory().isWhole)
        let newest = try #require(Digest(try store.verifyHistory().head))
        #expect(try other.verifyHistory(expecting: newest).isExpectedThere == false)
        #expect(try !other.verifyHistory(expecting: newest).isWhole)
    }
}
