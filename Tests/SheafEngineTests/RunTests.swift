import SheafEngine
import SheafModel
import SheafStore
import SheafSystem
import SheafTestSupport
import Testing

/// Runs that were interrupted go on, whatever is wrong with others.
@Suite struct RunTests {
    private typealias Build = BundleBuilder

    @Test func interruptedRunsOfLiveWorkflowsGoOn() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.workflow("load"), Build.workflow("other"), Build.worker("web")])
        #expect(try await fixture.engine.goOnWithRuns() == [])
        fixture.executor.interruptRun(of: "load")
        let resumed = try await fixture.engine.goOnWithRuns()
        #expect(resumed.map(\.bundle) == ["shop"])
        #expect(resumed.map(\.workflow) == [Build.workflow("load").id])
        #expect(resumed.map(\.run) == [FakeExecutor.resumedRun])
        #expect(try await fixture.engine.goOnWithRuns() == [], "it goes on already")
        #expect(try fixture.store.leaseOwner(of: "shop") == nil)
    }

    @Test func oneThatCannotGoOnKeepsNoOther() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.workflow("bad"), Build.workflow("good")])
        for name in ["bad", "good"] { fixture.executor.interruptRun(of: name) }
        fixture.executor.fail(.perform("bad"))
        await #expect(throws: FakeExecutor.Failure.self) { try await fixture.engine.goOnWithRuns() }
        #expect(try await fixture.engine.goOnWithRuns() == [], "the other one has gone on")
    }

    @Test func bundlesThatSomebodyWorksOnArePassedOver() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.workflow("load")])
        fixture.executor.interruptRun(of: "load")
        var other = LeaseOwner.living
        other.process = try #require(ProcessIdentity(of: 1), "the first process always lives")
        try fixture.store.takeLease(of: "shop", as: other)
        #expect(try await fixture.engine.goOnWithRuns() == [])
        try fixture.store.returnLease(of: "shop", from: other)
        #expect(try await fixture.engine.goOnWithRuns().count == 1)
    }
}
