import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// What plans make of ports, paths and volumes.
@Suite struct ContractPlanTests {
    private typealias Build = BundleBuilder

    private func service(_ name: String, port: Int64, _ section: [String: JSONValue] = [:]) -> ResolvedResource {
        section.reduce(Build.service(name, port: port)) { $0.setting(["service", $1.key], to: $1.value) }
    }

    private func ingress(_ path: String) -> [String: JSONValue] {
        ["ingress": .object(["enabled": .bool(true), "path": .string(path)])]
    }

    private func further(_ ports: Int64...) -> [String: JSONValue] {
        ["servicePorts": .array(ports.map { .object(["name": .string("p\($0)"), "servicePort": .integer($0)]) })]
    }

    private func refusal(
        of resources: [ResolvedResource],
        in fixture: EngineFixture,
        bundle: String = "shop"
    ) async throws -> EngineError? {
        let target = try EngineFixture.target(resources, bundle: bundle)
        return await #expect(throws: EngineError.self) { try await fixture.engine.plan(target) }
    }

    @Test func everyPortOfAServiceIsItsOwn() async throws {
        let fixture = try EngineFixture()
        let web = service("web", port: 80, further(81))
        let api = service("api", port: 82, further(81))
        let metrics = service("m", port: 83, ["metricPort": .integer(80)])
        for (other, port) in [(api, 81), (metrics, 80)] {
            let error = try await refusal(of: [web, other], in: fixture)
            #expect(error?.message == "service:web:public and \(other.id) both have the port \(port)")
            #expect(error?.code == "engine.inconsistent-target")
        }
    }

    @Test func aPathLeadsToOneService() async throws {
        let fixture = try EngineFixture()
        let error = try await refusal(
            of: [service("a", port: 80, ingress("/shop")), service("b", port: 81, ingress("shop/"))],
            in: fixture
        )
        #expect(error?.message == "service:a:public and service:b:public are both reached at /shop")
    }

    @Test func whatAServiceOfAnotherBundleHasIsNamed() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([service("web", port: 80, further(81).merging(ingress("/shop")) { $1 })])
        let port = try await refusal(of: [service("api", port: 81)], in: fixture, bundle: "other")
        #expect(port?.message == "service:api:public cannot have the port 81: service:web:public of 'shop' has it")
        #expect(port?.code == "engine.claimed-elsewhere")
        let path = try await refusal(of: [service("api", port: 82, ingress("/shop"))], in: fixture, bundle: "other")
        #expect(path?.message == "service:api:public cannot have the path /shop: service:web:public of 'shop' has it")
    }

    @Test func aVolumeGrowsAndDoesNotShrink() async throws {
        let fixture = try EngineFixture()
        try await fixture.apply([Build.volume("data", size: "2Gi")])
        let error = try await refusal(of: [Build.volume("data", size: "1024Mi")], in: fixture)
        #expect(error?.message == "volume:data:public would shrink from 2Gi to 1024Mi")
        try await fixture.apply([Build.volume("data", size: "4Gi")])
        let first = try #require(try fixture.store.revisions(of: "shop").first { $0.number == 1 })
        let back = try Target.restore(first, from: fixture.content)
        #expect(try await fixture.engine.plan(back).count(.update) == 1, "the way back is always open")
    }

    @Test func theDataOfATemporaryVolumeGoesWithIt() throws {
        let temporary = Build.volume("scratch").setting(["volume", "type"], to: .string("Temp"))
        let live = [Build.volume("data"), temporary].map { ResourceInstance(resource: $0, generation: 1) }
        let plan = Planner.plan(bundle: "shop", fromRevision: 1, live: live, desired: nil)
        #expect(
            plan.changes.map { $0.reasons.last } == [
                "its data is temporary, and goes with it", "its data is kept",
            ]
        )
        #expect(plan.changes.map(\.undo.isImpossible) == [true, false])
        let steps = plan.steps(live: live, desired: nil, generation: 2, runsJobs: true, deletesData: false)
        #expect(steps.map(\.deletesData) == [true, false])
    }

    @Test func anotherAccessModeStartsWhatMountsTheVolumeAgain() throws {
        let open = Build.volume("data").setting(["volume", "accessMode"], to: .string("ReadWriteMany"))
        let closed = Build.volume("data").setting(["volume", "accessMode"], to: .string("ReadOnlyMany"))
        var user = Build.mounting("data", "w")
        user.references = [open.id]
        let live = [open, user].map { ResourceInstance(resource: $0, generation: 1) }
        let plan = Planner.plan(bundle: "shop", fromRevision: 1, live: live, desired: Build.bundle([closed, user]))
        #expect(plan.changes.map(\.action) == [.update, .replace])
        #expect(plan.changes[1].reasons == ["it mounts volume:data:public, whose access mode changes"])
    }

    @Test func anotherReadinessReachesNothingThatRuns() throws {
        let before = service("web", port: 80)
        var after = before
        after.readiness = ReadinessRule(http: "/health")
        let plan = Planner.plan(
            bundle: "shop",
            fromRevision: 1,
            live: [ResourceInstance(resource: before, generation: 1)],
            desired: Build.bundle([after])
        )
        #expect(plan.changes.map(\.action) == [.update])
        #expect(plan.changes[0].differences.map(\.path) == ["readiness"])
    }

    @Test func whoManagesTheBundleStandsInTheHistory() async throws {
        let fixture = try EngineFixture()
        var target = try EngineFixture.target([Build.worker("w")])
        target.desired?.manifest = .object(["bundle": .object(["manageAsUser": .string("data-team")])])
        _ = try await fixture.engine.carryOut(target, options: OperationOptions())
        let author = try fixture.store.revisions(of: "shop").first?.author
        #expect(author?.hasSuffix(" as data-team") == true, "\(author ?? "")")
    }
}
