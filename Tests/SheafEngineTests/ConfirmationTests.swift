import FoundationEssentials
import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// A revision that has to be confirmed stays, goes back at its deadline, or is settled by what follows it.
@Suite struct ConfirmationTests {
    private typealias Build = BundleBuilder

    private static let asking = OperationOptions(confirmation: .asks(within: .seconds(600)))

    private func waiting(_ fixture: EngineFixture) throws -> [Int] {
        try fixture.store.pendingConfirmations(of: "shop").map(\.revision)
    }

    /// Revision 1 is live with one worker, and revision 2, with another text, waits.
    private func upgraded(_ fixture: EngineFixture) async throws {
        try await fixture.apply([Build.worker("a")])
        try await fixture.apply([Build.worker("a", text: "2")], options: Self.asking)
        #expect(try waiting(fixture) == [2])
    }

    @Test func whatIsConfirmedInTimeStays() async throws {
        let fixture = try EngineFixture()
        try await upgraded(fixture)
        fixture.clock.advance(bySeconds: 599)
        #expect(try await fixture.engine.confirm("shop").revision == 2)
        fixture.clock.advance(bySeconds: 10)
        #expect(try await fixture.engine.recover().isEmpty)
        #expect(try fixture.store.liveRevision(of: "shop")?.number == 2)
        let error = await #expect(throws: EngineError.self) { try await fixture.engine.confirm("shop") }
        #expect(error?.kind == .nothingToConfirm)
    }

    @Test func recoveryRevertsWhatWasNotConfirmed() async throws {
        let fixture = try EngineFixture()
        try await upgraded(fixture)
        fixture.clock.advance(bySeconds: 599)
        #expect(try await fixture.engine.recover().isEmpty)
        fixture.clock.advance(bySeconds: 1)
        let recovered = try await fixture.engine.recover()
        #expect(recovered.map(\.revision) == [2] && recovered.allSatisfy { !$0.isLive })
        let live = try #require(try fixture.store.liveRevision(of: "shop"))
        #expect(live.number == 3 && live.restores == 1 && live.operation == .rollback)
        #expect(live.message?.contains("not confirmed") == true)
        #expect(fixture.executor.world.running == ["a@3"])
        #expect(try waiting(fixture) == [])
        #expect(try await fixture.engine.recover().isEmpty)
    }

    @Test func aFirstApplyThatIsNotConfirmedIsDeleted() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("a")], options: Self.asking)
        fixture.clock.advance(bySeconds: 600)
        try await fixture.engine.recover()
        #expect(try fixture.store.liveRevision(of: "shop")?.operation == .delete)
        #expect(fixture.executor.world == FakeExecutor.World())
    }

    @Test func theNextCommandThatWritesRevertsFirst() async throws {
        let fixture = try EngineFixture()
        try await upgraded(fixture)
        fixture.clock.advance(bySeconds: 600)
        try await fixture.apply([Build.worker("a"), Build.worker("b")])
        let revisions = try fixture.store.revisions(of: "shop")
        #expect(revisions.map(\.number) == [4, 3, 2, 1])
        #expect(revisions[1].restores == 1)
        #expect(fixture.executor.world.running == ["a@3", "b@4"])
    }

    @Test func aConfirmationThatIsLateReverts() async throws {
        let fixture = try EngineFixture()
        try await upgraded(fixture)
        fixture.clock.advance(bySeconds: 601)
        let error = await #expect(throws: EngineError.self) { try await fixture.engine.confirm("shop") }
        #expect(error?.kind == .confirmationLate && error?.failureClass == .restored)
        #expect(fixture.executor.world.running == ["a@3"])
    }

    @Test func aLaterRevisionSettlesIt() async throws {
        let fixture = try EngineFixture()
        try await upgraded(fixture)
        try await fixture.apply([Build.worker("a", text: "3")])
        #expect(fixture.events.all.contains(.confirmationSettled(bundle: "shop", revision: 2, by: 3)))
        fixture.clock.advance(bySeconds: 10_000)
        #expect(try await fixture.engine.recover().isEmpty)
        #expect(fixture.executor.world.running == ["a@3"])
    }

    @Test func nothingWaitsForWhatFailed() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("a")])
        fixture.executor.fail(.perform("b"))
        await #expect(throws: EngineError.self) {
            try await fixture.apply([Build.worker("a"), Build.worker("b")], options: Self.asking)
        }
        #expect(try waiting(fixture) == [])
        fixture.executor.mend()
        fixture.clock.advance(bySeconds: 10_000)
        #expect(try await fixture.engine.recover().isEmpty)
    }

    @Test func aRevertThatFailsIsTriedAgain() async throws {
        let fixture = try EngineFixture()
        try await upgraded(fixture)
        fixture.clock.advance(bySeconds: 600)
        fixture.executor.fail(.perform("a"))
        await #expect(throws: EngineError.self) { try await fixture.engine.recover() }
        #expect(try waiting(fixture) == [2])
        #expect(fixture.executor.world.running == ["a@2"])
        fixture.executor.mend()
        try await fixture.engine.recover()
        #expect(try fixture.store.liveRevision(of: "shop")?.restores == 1)
    }

    @Test func theDeadlineCountsFromTheCommitOfARecovery() async throws {
        let dead = try EngineFixture(owner: .dead)
        try await dead.apply([Build.worker("a")])
        // Everything was done, and the process died before it could commit.
        let live = try dead.store.inventory(of: "shop")
        let after = ResourceInstance(resource: Build.worker("a", text: "2"), generation: 2)
        let step = Step(
            change: Change(action: .replace, resource: after.resource.id, reasons: ["1 field differs"]),
            before: live[0],
            after: after
        )
        let revision = Revision(
            bundle: "shop",
            number: 2,
            operation: .apply,
            state: .pending,
            author: "ann",
            startedAt: dead.clock.now
        )
        let transaction = try dead.store.begin(
            revision,
            steps: [step],
            kept: [],
            workspaces: [],
            confirmation: .asks(within: .seconds(600))
        )
        let facts = try await dead.executor.prepare(step, resources: NoResources())
        try dead.store.recordPrepared([0: facts], in: transaction)
        try await dead.executor.perform(step)
        try dead.store.recordProgress(begun: [0], done: [], in: transaction)
        try dead.store.recordProgress(begun: [], done: [0], in: transaction)
        dead.clock.advance(bySeconds: 10_000)
        #expect(try await dead.engine.recover().map(\.isLive) == [true])
        let waiting = try #require(try dead.store.pendingConfirmations(of: "shop").first)
        #expect(waiting.deadline == dead.clock.now.addingTimeInterval(600))
        #expect(waiting.previous == 1)
        #expect(dead.events.all.contains(.toBeConfirmed(waiting)))
    }
}
