import FoundationEssentials
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// Which revisions leave a history of limited length.
@Suite struct RetentionTests {
    private let scratch: ScratchDirectory
    private let store: Store

    init() throws {
        scratch = try ScratchDirectory("retention")
        store = try Store.open(home: scratch.path)
    }

    enum End { case live, failed }

    private func add(_ ends: [End], to bundle: String = "shop", keeping kept: Int? = nil) throws {
        for end in ends {
            let number = try store.nextRevision(of: bundle)
            let revision = Revision(
                bundle: bundle,
                number: number,
                operation: .apply,
                state: .pending,
                archive: Digest(of: Array("\(bundle) \(number)".utf8)),
                author: "ann",
                startedAt: Date(timeIntervalSince1970: Double(number))
            )
            let transaction = try store.begin(revision, steps: [], kept: [], workspaces: [])
            switch end {
            case .live:
                try store.commit(transaction, at: Date(timeIntervalSince1970: Double(number) + 0.5), keeping: kept)
                try store.close(transaction)
            case .failed: try store.recordCompensated(transaction, because: "no", at: Date(timeIntervalSince1970: 9))
            }
        }
    }

    private func numbers(_ bundle: String = "shop") throws -> [Int] {
        try store.revisions(of: bundle).map(\.number).reversed()
    }

    @Test func theNewestStay() throws {
        try add([.live, .live, .failed, .live, .live])
        let forgotten = try store.forgetRevisions(keeping: 3, by: "bea")
        #expect(forgotten == [ForgottenRevisions(bundle: "shop", revisions: [1, 2])])
        #expect(try numbers() == [3, 4, 5])
        #expect(try store.verifyHistory().problems == [])
        let event = try #require(try store.events(EventQuery()).last)
        #expect(event.kind == .forgotten && event.author == "bea" && event.detail.revisions == [1, 2])
        #expect(try store.forgetRevisions(keeping: 3, by: "bea") == [])
        #expect(try store.chronicle(of: "shop", watching: 1).moment?.live == 1)
    }

    @Test func theLiveOneAndTheOneBeforeStayHoweverManyFailed() throws {
        try add([.live, .live, .live, .failed, .failed, .failed])
        #expect(try store.forgetRevisions(keeping: 1, by: "ann").first?.revisions == [1, 4, 5])
        #expect(try numbers() == [2, 3, 6])
        #expect(try store.previousRevision(of: "shop")?.number == 2)
        #expect(try store.nextRevision(of: "shop") == 7)
    }

    @Test func anOpenTransactionStays() throws {
        try add([.live, .live, .live])
        let revision = Revision(
            bundle: "shop",
            number: 4,
            operation: .apply,
            state: .pending,
            author: "ann",
            startedAt: Date(timeIntervalSince1970: 0)
        )
        let stuck = try store.begin(revision, steps: [], kept: [], workspaces: [])
        try store.recordStuck(stuck, because: "no", at: Date(timeIntervalSince1970: 1))
        #expect(try store.forgetRevisions(keeping: 1, by: "ann").first?.revisions == [1])
        #expect(try store.openTransactions().count == 1)
        #expect(try store.verifyHistory().problems == [])
    }

    @Test func aCommitForgetsInTheSameStep() throws {
        try add([.live, .live, .live, .live], keeping: 2)
        #expect(try numbers() == [3, 4])
        let kinds = try store.events(EventQuery()).map(\.kind)
        #expect(kinds.suffix(4) == [.begun, .committed, .forgotten, .closed])
        #expect(try store.verifyHistory().problems == [])
    }

    @Test func everyBundleHasItsOwnAndContentIsNoLongerNeeded() throws {
        try add([.live, .live, .live])
        try add([.live, .live], to: "other")
        let planned = try store.forgettableRevisions(keeping: 1)
        #expect(planned == [ForgottenRevisions(bundle: "shop", revisions: [1])])
        let needs = try store.contentNeeds(without: planned)
        #expect(try store.contentNeeds() != needs)
        #expect(try store.forgetRevisions(keeping: 1, by: "ann") == planned)
        #expect(try store.contentNeeds() == needs)
        #expect(try numbers("other") == [1, 2])
    }
}
