import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// Changes of a definition that reach nothing that runs.
@Suite struct InPlaceUpdateTests {
    private typealias Build = BundleBuilder

    @Test func anUpdateInPlaceTouchesNothingThatRuns() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("a"), Build.worker("b")])
        let world = fixture.executor.world
        let owned = Build.worker("b").owned(by: "ann")
        let outcome = try await fixture.apply([Build.worker("a"), owned])
        guard case .changed(revision: 2, let plan, isTidy: true) = outcome else {
            Issue.record("unexpected outcome \(outcome)")
            return
        }
        #expect(plan.changes.map(\.action) == [.keep, .update])
        #expect(fixture.executor.world.isLike(world))
        let inventory = try fixture.store.inventory(of: "shop")
        #expect(inventory.map(\.generation) == [1, 1])
        #expect(inventory.last?.resource == owned)
        #expect(!fixture.executor.calls.contains(.finish("b")))
    }

    @Test func aFailedUpdateInPlaceLeavesTheOldDefinition() async throws {
        let fixture = try EngineFixture()
        let all = [Build.worker("a"), Build.worker("b")]
        try await fixture.apply(all)
        let world = fixture.executor.world
        fixture.executor.fail(.perform("c"))
        await #expect(throws: EngineError.self) {
            try await fixture.apply(all.map { $0.owned(by: "ann") } + [Build.worker("c")])
        }
        #expect(fixture.executor.world.isLike(world))
        #expect(try fixture.store.inventory(of: "shop").map(\.resource) == all)
    }

    @Test func aWorkflowWhoseLastRunFailedCanBeUpdatedInPlace() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.workflow("load")])
        fixture.executor.answer("load", ResourceState(status: "active", runtime: "failed", progress: .failed))
        try await fixture.apply([Build.workflow("load").owned(by: "ann")])
        #expect(try fixture.store.liveRevision(of: "shop")?.number == 2)
    }
}
