import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// What is there already and belongs to no bundle.
@Suite struct AdoptionTests {
    private typealias Build = BundleBuilder

    private let volume = Build.resource(.volume, "data")

    @Test func somebodysDataIsNotTakenOverByAccident() async throws {
        let fixture = try EngineFixture()
        fixture.executor.leave("data", "data in /volumes/data")
        let error = await #expect(throws: EngineError.self) { try await fixture.apply([volume]) }
        #expect(error?.code == "engine.exists-already")
        #expect(error?.details == ["volume:data:public: data in /volumes/data"])
        #expect(error?.hint == "take over what is there with --adopt, or move it away")
        #expect(fixture.executor.world == FakeExecutor.World())
    }

    @Test func thePlanOfAFirstApplySeesItToo() async throws {
        let executor = FakeExecutor()
        executor.leave("data", "data in /volumes/data")
        var target = try EngineFixture.target([volume])
        let error = await #expect(throws: EngineError.self) {
            try await Engine.firstPlan(target, executor: executor)
        }
        #expect(error?.code == "engine.exists-already")
        target.adopts = true
        let plan = try await Engine.firstPlan(target, executor: executor)
        #expect(plan.changes.map(\.action) == [.adopt])
    }

    @Test func whoeverSaysSoTakesItOver() async throws {
        let fixture = try EngineFixture()
        fixture.executor.leave("data", "data in /volumes/data")
        var target = try EngineFixture.target([volume])
        target.adopts = true
        let outcome = try await fixture.engine.carryOut(target, options: OperationOptions())
        guard case .changed(revision: 1, let plan, _) = outcome else {
            Issue.record("unexpected outcome \(outcome)")
            return
        }
        #expect(plan.changes.map(\.action) == [.adopt])
        #expect(plan.changes.first?.reasons == ["it is there already: data in /volumes/data"])
    }

    @Test func whatTheBundleItselfHasLeftIsItsOwn() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([volume])
        _ = try await fixture.engine.carryOut(.delete("shop"), options: OperationOptions())
        fixture.executor.leave("data", "data in /volumes/data")
        let plan = try await fixture.engine.plan(EngineFixture.target([volume]))
        #expect(plan.changes.map(\.action) == [.adopt])
        await #expect(throws: EngineError.self) {
            try await fixture.engine.plan(EngineFixture.target([volume], bundle: "other"))
        }
        try await fixture.apply([volume])
        #expect(try fixture.store.retained(by: "shop").isEmpty)
    }

    @Test func whatIsDeletedWithItsDataLeavesNothing() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([volume])
        let options = OperationOptions(deletesData: true)
        _ = try await fixture.engine.carryOut(.delete("shop"), options: options)
        #expect(try fixture.store.retained(by: "shop").isEmpty)
    }
}
