import FoundationEssentials
import GRDB
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// What the records say is needed of the content store.
@Suite struct RecordedNeedsTests {
    private let scratch: ScratchDirectory
    private let store: Store

    init() throws {
        scratch = try ScratchDirectory("needs")
        store = try Store.open(home: scratch.path)
    }

    private static func digest(_ text: String) -> Digest { Digest(of: Array(text.utf8)) }

    private func revision(
        _ number: Int,
        of bundle: String = "shop",
        _ operation: Revision.Operation = .apply
    ) -> Revision {
        let hasContent = operation != .delete
        return Revision(
            bundle: bundle,
            number: number,
            operation: operation,
            state: .pending,
            archive: hasContent ? Self.digest("archive \(bundle) \(number)") : nil,
            resolved: hasContent ? Self.digest("resolved \(bundle) \(number)") : nil,
            author: "ann",
            startedAt: Date(timeIntervalSince1970: 0)
        )
    }

    private func instance(_ name: String, file: String) -> ResourceInstance {
        var resource = BundleBuilder.secret(name, value: "x")
        let digest = Self.digest(file)
        resource.attachments = [SheafModel.Attachment(role: .secretFile, name: "k", path: "k", digest: digest)]
        return ResourceInstance(resource: resource, generation: 1)
    }

    private func step(before: ResourceInstance?, after: ResourceInstance?) -> Step {
        let id = (after ?? before)?.resource.id ?? ResourceID(kind: .secret, workspace: nil, name: "none")
        return Step(change: Change(action: .update, resource: id, reasons: []), before: before, after: after)
    }

    @Test func everyRevisionCountsWhateverBecameOfIt() throws {
        let live = try store.begin(revision(1), steps: [], kept: [], workspaces: [])
        try store.commit(live, at: Date(timeIntervalSince1970: 1))
        try store.close(live)
        let failed = try store.begin(revision(2), steps: [], kept: [], workspaces: [])
        try store.recordCompensated(failed, because: "it failed", at: Date(timeIntervalSince1970: 2))
        let deletion = try store.begin(revision(3, .delete), steps: [], kept: [], workspaces: [])
        try store.commit(deletion, at: Date(timeIntervalSince1970: 3))
        try store.close(deletion)
        _ = try store.begin(revision(1, of: "other"), steps: [], kept: [], workspaces: [])
        let needs = try store.contentNeeds()
        #expect(needs.named == Set(["shop 1", "shop 2", "other 1"].map { Self.digest("archive \($0)") }))
        #expect(
            needs.resolved == [
                Self.digest("resolved shop 1"): "revision 1 of 'shop'",
                Self.digest("resolved shop 2"): "revision 2 of 'shop'",
                Self.digest("resolved other 1"): "revision 1 of 'other'",
            ]
        )
        // One that prepared nothing is forgotten, and needs nothing any more.
        let none = try store.begin(revision(4), steps: [], kept: [], workspaces: [])
        #expect(try store.contentNeeds() != needs)
        try store.discard(none, because: "nothing was prepared")
        #expect(try store.contentNeeds() == needs)
    }

    @Test func whatIsLiveAndWhatATransactionChangesCounts() throws {
        let first = instance("a", file: "live")
        let live = try store.begin(revision(1), steps: [step(before: nil, after: first)], kept: [], workspaces: [])
        try store.commit(live, at: Date(timeIntervalSince1970: 1))
        try store.close(live)
        #expect(try store.contentNeeds().named == [Self.digest("archive shop 1"), Self.digest("live")])
        _ = try store.begin(
            revision(2),
            steps: [step(before: instance("b", file: "before"), after: instance("b", file: "after"))],
            kept: [KeptResource(resource: instance("a", file: "kept").resource, order: 1)],
            workspaces: []
        )
        let files = ["live", "before", "after", "kept"].map(Self.digest)
        #expect(try store.contentNeeds().named.isSuperset(of: files))
    }

    @Test(arguments: [
        "UPDATE revision SET archive = 'sha256:12'",
        "UPDATE revision SET resolved = ''",
        "UPDATE revision SET provenance = '{'",
        "UPDATE inventory SET definition = '{\"id\":\"secret:a\"}'",
        "UPDATE journal_step SET step = 'null'",
        "PRAGMA ignore_check_constraints = 1; UPDATE revision SET state = 'novel'",
        "UPDATE grdb_migrations SET identifier = '99' WHERE identifier = '2'",
    ])
    func nothingIsGuessedFromRecordsThatCannotBeRead(change: String) throws {
        let first = instance("a", file: "live")
        let live = try store.begin(revision(1), steps: [step(before: nil, after: first)], kept: [], workspaces: [])
        try store.commit(live, at: Date(timeIntervalSince1970: 1))
        try DatabaseQueue(path: store.path).writeWithoutTransaction { try $0.execute(sql: change) }
        #expect(throws: StoreError.self) {
            _ = try Store.openExisting(home: scratch.path)?.contentNeeds()
        }
    }

    @Test func aPageThatWasOverwrittenIsNoticed() throws {
        for number in 1...40 {
            let live = try store.begin(revision(number), steps: [], kept: [], workspaces: [])
            try store.commit(live, at: Date(timeIntervalSince1970: 1))
            try store.close(live)
        }
        try DatabaseQueue(path: store.path).writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        var bytes = try Data(contentsOf: URL(filePath: store.path))
        let place = try #require(bytes.firstRange(of: Data(Self.digest("archive shop 7").description.utf8)))
        // The page's head says how many rows it has: none now.
        let page = place.lowerBound / 4096 * 4096
        bytes.replaceSubrange(page + 3..<page + 5, with: [0, 0])
        let damaged = try ScratchDirectory("damaged")
        try bytes.write(to: URL(filePath: damaged.path("state.db")))
        #expect(throws: StoreError.self) { _ = try Store.openExisting(home: damaged.path)?.contentNeeds() }
    }
}
