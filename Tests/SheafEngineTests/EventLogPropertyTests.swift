import FoundationEssentials
import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// Over random operations, the event log and the history say the same at every moment.
@Suite struct EventLogPropertyTests {
    private static let names = ["a", "b", "c", "d", "e"]

    @Test(arguments: 1...12)
    func theLogAndTheHistoryAgreeWhateverHappens(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let fixture = try EngineFixture(owner: .dead)
        var ends: Set<EventKind> = []
        for turn in 1...25 {
            let comment = Comment(rawValue: "seed \(seed), turn \(turn)")
            let broken = Self.names[random.below(Self.names.count)]
            switch random.below(6) {
            case 0: fixture.executor.fail(.prepare(broken))
            case 1: fixture.executor.fail(.perform(broken))
            case 2:
                fixture.executor.fail(.perform(broken))
                fixture.executor.fail(.revert(Self.names[random.below(Self.names.count)]))
            case 3: fixture.executor.fail(.finish(broken))
            default: break
            }
            do {
                try await change(fixture, &random)
            } catch is EngineError {
                // It was to fail; what counts is what the records say of it.
            }
            try check(fixture.store, comment)
            fixture.executor.mend()
            try await fixture.engine.recover()
            try check(fixture.store, comment)
            #expect(try fixture.store.openTransactions().isEmpty, comment)
            ends.formUnion(try fixture.store.events(EventQuery()).map(\.kind))
        }
        #expect(ends.isSuperset(of: [.committed, .closed]))
    }

    /// An apply of random resources, a delete, or a retention.
    private func change(_ fixture: EngineFixture, _ random: inout SeededRandom) async throws {
        let kept = random.below(3) == 0 ? 1 + random.below(4) : nil
        switch random.below(8) {
        case 0: _ = try await fixture.engine.carryOut(.delete("shop"), options: OperationOptions(keptRevisions: kept))
        case 1: _ = try fixture.store.forgetRevisions(keeping: 1 + random.below(5), by: "tester")
        default:
            let resources = Self.names.filter { _ in random.below(3) > 0 }.map {
                BundleBuilder.worker($0, text: String(random.below(3)))
            }
            try await fixture.apply(resources, options: OperationOptions(keptRevisions: kept))
        }
    }

    private func check(_ store: Store, _ comment: Comment) throws {
        #expect(try store.verifyHistory().problems == [], comment)
        let chronicle = try store.chronicle(of: "shop")
        let inventory = try store.inventory(of: "shop").map { ($0.resource.id.description, $0.generation) }
        #expect(chronicle.inventory == Dictionary(inventory) { first, _ in first }, comment)
        #expect(chronicle.live == (try store.liveRevision(of: "shop")?.number), comment)
        let revisions = try store.revisions(of: "shop")
        #expect(chronicle.history.keys.sorted(by: >) == revisions.map(\.number), comment)
        for revision in revisions { #expect(chronicle.revisions[revision.number]?.state == revision.state, comment) }
    }

    @Test func whoRecoversIsTold() async throws {
        let fixture = try EngineFixture(owner: .dead)
        fixture.executor.fail(.perform("b"))
        fixture.executor.fail(.revert("a"))
        await #expect(throws: EngineError.self) {
            try await fixture.apply([BundleBuilder.worker("a"), BundleBuilder.worker("b")])
        }
        fixture.executor.mend()
        try await fixture.engine.recover()
        var query = EventQuery()
        query.after = try #require(try fixture.store.events(query).first { $0.kind == .stuck }).sequence
        let after = try fixture.store.events(query)
        #expect(after.map(\.kind) == [.recovering, .compensating, .failed])
        #expect(after.allSatisfy { $0.author == "tester" })
    }

    @Test func whatWasGivenUpBeforeItsFirstChangeIsTold() async throws {
        let fixture = try EngineFixture()
        fixture.executor.fail(.prepare("a"))
        await #expect(throws: EngineError.self) { try await fixture.apply([BundleBuilder.worker("a")]) }
        #expect(try fixture.store.revisions(of: "shop").isEmpty)
        let events = try fixture.store.events(EventQuery())
        #expect(events.map(\.kind) == [.begun, .discarded])
        #expect(events.last?.detail.failure?.contains("fails (try something else)") == true)
        #expect(try fixture.store.verifyHistory().problems == [])
    }
}
