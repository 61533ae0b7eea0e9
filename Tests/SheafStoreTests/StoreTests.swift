import FoundationEssentials
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

@Suite struct StoreTests {
    @Test func theDatabaseIsPrivate() throws {
        let scratch = try ScratchDirectory("store")
        let home = scratch.path("deep/home")
        _ = try Store.open(home: home)
        let attributes = try FileManager.default.attributesOfItem(atPath: home)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test func nothingIsMadeByLookingForADatabase() throws {
        let scratch = try ScratchDirectory("store")
        #expect(try Store.openExisting(home: scratch.path("none")) == nil)
        #expect(!FileManager.default.fileExists(atPath: scratch.path("none")))
    }

    @Test func aDamagedDatabaseIsReportedAndLeftAlone() throws {
        let scratch = try ScratchDirectory("store")
        let garbage = Data(repeating: 7, count: 8192)
        try garbage.write(to: URL(filePath: scratch.path("state.db")))
        let error = #expect(throws: StoreError.self) { try Store.open(home: scratch.path) }
        #expect(error?.kind == .damaged)
        #expect(try Data(contentsOf: URL(filePath: scratch.path("state.db"))) == garbage)
    }

    @Test func revisionsComeBackAsTheyWereWritten() throws {
        let scratch = try ScratchDirectory("store")
        let store = try Store.open(home: scratch.path)
        let revision = Revision(
            bundle: "shop",
            number: 1,
            operation: .apply,
            state: .pending,
            archive: Digest(of: [1]),
            resolved: Digest(of: [2]),
            version: "1.2.3",
            provenance: Provenance(commit: "abc", subdirectory: "bundles/shop", dirty: true),
            environment: "prod",
            valueSources: ["values.yaml", "--set image.tag"],
            message: "because",
            author: "ann",
            startedAt: Date(timeIntervalSince1970: 1_700_000_000.123)
        )
        _ = try store.begin(revision, steps: [], kept: [], workspaces: [])
        #expect(try store.revisions(of: "shop") == [revision])
        #expect(try store.nextRevision(of: "shop") == 2)
        #expect(try store.revision(1, of: "other") == nil)
    }

    @Test func aDatabaseOfTheFirstSchemaIsMigratedWithAllThatIsInIt() throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let scratch = try ScratchDirectory("store")
        try FileManager.default.copyItem(
            atPath: "\(root)/Tests/Fixtures/stores/schema-1.db",
            toPath: scratch.path("state.db")
        )
        let store = try #require(try Store.openExisting(home: scratch.path))
        let revision = try #require(try store.liveRevision(of: "shop"))
        #expect(revision.number == 1 && revision.author == "ann" && revision.message == "first")
        #expect(revision.environment == nil && revision.valueSources == nil)
        #expect(try store.inventory(of: "shop").map(\.resource.id.description) == ["compute:pool"])
        #expect(try store.secrets().isEmpty && store.sealingKeyID() == nil)
        let events = try store.events(EventQuery())
        #expect(events.map(\.kind) == [.imported])
        #expect(events.first?.detail.generations == ["compute:pool": 1])
        #expect(try store.verifyHistory().problems == [])
        #expect(try store.verifyHistory().revisions == 1)
        #expect(try store.chronicle(of: "shop", watching: 1).moment?.inventory == ["compute:pool": 1])
    }

    @Test func aHistoryFromBeforeTheEventLogIsWrittenDownInIt() throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let scratch = try ScratchDirectory("store")
        try FileManager.default.copyItem(
            atPath: "\(root)/Tests/Fixtures/stores/schema-2.db",
            toPath: scratch.path("state.db")
        )
        // One live revision, one that failed, and one whose transaction a dead process left open.
        let store = try #require(try Store.openExisting(home: scratch.path))
        let events = try store.events(EventQuery())
        #expect(events.map(\.kind) == [.imported, .imported, .imported])
        #expect(events.map(\.author) == ["ann", "bea", "bea"])
        #expect(try store.verifyHistory().problems == [])
        #expect(try store.chronicle(of: "shop", watching: 2).moment == nil, "nobody wrote down what was live then")
        let open = try #require(try store.openTransactions(of: "shop").first)
        try store.commit(open, at: Date(timeIntervalSince1970: 1_700_000_300))
        try store.close(open)
        #expect(try store.verifyHistory().problems == [])
        #expect(try store.chronicle(of: "shop").inventory == ["compute:pool": 1, "compute:second": 3])
    }

    @Test func onlyOneTransactionOfABundleIsOpen() throws {
        let scratch = try ScratchDirectory("store")
        let store = try Store.open(home: scratch.path)
        func revision(_ number: Int) -> Revision {
            Revision(
                bundle: "shop",
                number: number,
                operation: .apply,
                state: .pending,
                author: "ann",
                startedAt: Date(timeIntervalSince1970: 0)
            )
        }
        _ = try store.begin(revision(1), steps: [], kept: [], workspaces: [])
        #expect(throws: StoreError.self) { try store.begin(revision(2), steps: [], kept: [], workspaces: []) }
    }
}
