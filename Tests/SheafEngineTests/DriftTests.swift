import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// What is different from what was applied shows in `drift`, in the plan, and is repaired by an apply.
@Suite struct DriftTests {
    private typealias Build = BundleBuilder

    private static let changed = Drift(.fileChanged, of: Build.worker("b").id, "config/x was changed under Sheaf")

    @Test func driftAndPlanAndApplyAgree() async throws {
        let fixture = try EngineFixture()
        let resources = [Build.worker("a"), Build.worker("b")]
        try await fixture.apply(resources)
        #expect(try await fixture.engine.drift(of: "shop").isEmpty)
        fixture.executor.drift("b@1", Self.changed)
        #expect(try await fixture.engine.drift(of: "shop") == [Self.changed])
        guard case .changed(revision: 2, let plan, _) = try await fixture.apply(resources) else {
            Issue.record("nothing was repaired")
            return
        }
        #expect(plan.changes.map(\.action) == [.keep, .replace])
        #expect(plan.changes[1].reasons == ["config/x was changed under Sheaf"])
        #expect(fixture.executor.world.running == ["a@1", "b@2"])
        #expect(try await fixture.engine.drift(of: "shop").isEmpty)
        guard case .unchanged(revision: 2) = try await fixture.apply(resources) else {
            Issue.record("it was repaired twice")
            return
        }
    }

    @Test func manyDifferencesOfOneResourceAreOneReason() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("a")])
        for number in 1...5 {
            fixture.executor.drift("a@1", Drift(.fileMissing, of: Build.worker("a").id, "file \(number) is missing"))
        }
        let bundle = BundleBuilder.bundle([Build.worker("a")])
        let digest = Digest(of: [1])
        let target = Target.apply(bundle, archive: digest, resolved: digest, version: nil, provenance: nil)
        let plan = try await fixture.engine.plan(target)
        #expect(
            plan.changes[0].reasons
                == ["file 1 is missing; file 2 is missing; file 3 is missing; and 2 more"]
        )
    }

    @Test func aWorkflowIsRepairedWithoutRunningItsJobs() async throws {
        let fixture = try EngineFixture()
        let workflow = Build.resource(.workflow, "once")
        try await fixture.apply([workflow])
        fixture.executor.drift("once@1", Drift(.fileChanged, of: workflow.id, "config/x was changed under Sheaf"))
        try await fixture.apply([workflow])
        #expect(fixture.executor.steps.map(\.runsJobs) == [true, false])
    }

    @Test func aWorkflowThatChangesRunsItsJobsAlthoughItHasDrifted() async throws {
        let fixture = try EngineFixture()
        let workflow = Build.resource(.workflow, "once")
        try await fixture.apply([workflow])
        fixture.executor.drift("once@1", Drift(.fileChanged, of: workflow.id, "config/x was changed under Sheaf"))
        try await fixture.apply([Build.resource(.workflow, "once", section: ["text": .string("new")])])
        #expect(fixture.executor.steps.map(\.runsJobs) == [true, true])
    }

    @Test func contentThatIsMissingIsKeptAgainWithoutARevision() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("a")])
        let resolved = try #require(try fixture.store.liveRevision(of: "shop")?.resolved)
        fixture.content.lose(resolved)
        let drift = try await fixture.engine.drift(of: "shop")
        #expect(Set(drift.map(\.kind)) == [.contentMissing])
        #expect(drift.allSatisfy { $0.resource == nil && $0.evidence == resolved.description })
        guard case .unchanged(revision: 1) = try await fixture.apply([Build.worker("a")]) else {
            Issue.record("a revision was made")
            return
        }
        #expect(try await fixture.engine.drift(of: "shop").isEmpty)
        #expect(fixture.events.all.contains { if case .contentKept = $0 { true } else { false } })
    }

    @Test func whatIsDeletedHasNoDrift() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("b")])
        fixture.executor.drift("b@1", Self.changed)
        _ = try await fixture.engine.carryOut(.delete("shop"), options: OperationOptions())
        #expect(try await fixture.engine.drift(of: "shop").isEmpty)
        #expect(try await fixture.engine.drift(of: "unknown").isEmpty)
    }
}
