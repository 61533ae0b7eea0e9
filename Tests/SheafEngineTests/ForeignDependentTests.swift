import FoundationEssentials
import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// What one bundle removes must not be needed by another.
@Suite struct ForeignDependentTests {
    private typealias Build = BundleBuilder

    private let secret = Build.secret("token", value: "x")
    private var user: ResolvedResource { Build.worker("user", uses: [secret.id]) }

    private func fixture() async throws -> EngineFixture {
        let fixture = try EngineFixture()
        try await fixture.apply([secret, Build.worker("a")])
        _ = try await fixture.engine.carryOut(
            EngineFixture.target([user], bundle: "other"),
            options: OperationOptions()
        )
        return fixture
    }

    @Test func aBundleThatIsNeededIsNotDeleted() async throws {
        let fixture = try await fixture()
        let before = fixture.executor.world
        let error = await #expect(throws: EngineError.self) {
            try await fixture.engine.carryOut(.delete("shop"), options: OperationOptions())
        }
        #expect(
            error?.message
                == "what 'shop' would remove is needed: secret:token:public by worker:user:public of 'other'"
        )
        #expect(error?.hint == "change or delete 'other' first")
        #expect(fixture.executor.world == before)
        #expect(try fixture.store.revisions(of: "shop").count == 1)
    }

    @Test func noMoreIsAResourceThatLeavesTheBundle() async throws {
        let fixture = try await fixture()
        await #expect(throws: EngineError.self) { try await fixture.apply([Build.worker("a")]) }
        _ = try await fixture.engine.carryOut(.delete("other"), options: OperationOptions())
        try await fixture.apply([Build.worker("a")])
        #expect(try fixture.store.inventory(of: "shop").map(\.resource.id.name) == ["a"])
    }

    @Test func twoBundlesAtTheSameMomentCannotMissEachOther() throws {
        let fixture = try EngineFixture()
        let create = Step(
            change: Change(action: .create, resource: secret.id),
            after: ResourceInstance(resource: secret, generation: 1)
        )
        let made = try fixture.store.begin(revision(1, of: "shop"), steps: [create], kept: [], workspaces: [])
        try fixture.store.commit(made, at: .init(timeIntervalSince1970: 1))
        try fixture.store.close(made)
        let use = Step(
            change: Change(action: .create, resource: user.id),
            after: ResourceInstance(resource: user, generation: 1)
        )
        let remove = Step(
            change: Change(action: .delete, resource: secret.id),
            before: ResourceInstance(resource: secret, generation: 1)
        )
        let using = try fixture.store.begin(revision(1, of: "other"), steps: [use], kept: [], workspaces: [])
        let tooLate = #expect(throws: StoreError.self) {
            try fixture.store.begin(revision(2, of: "shop"), steps: [remove], kept: [], workspaces: [])
        }
        #expect(tooLate?.kind == .neededElsewhere)
        try fixture.store.discard(using, because: "a test")
        _ = try fixture.store.begin(revision(2, of: "shop"), steps: [remove], kept: [], workspaces: [])
        let alsoTooLate = #expect(throws: StoreError.self) {
            try fixture.store.begin(revision(1, of: "other"), steps: [use], kept: [], workspaces: [])
        }
        #expect(alsoTooLate?.message.contains("is just removing") == true)
    }

    private func revision(_ number: Int, of bundle: String) -> Revision {
        Revision(
            bundle: bundle,
            number: number,
            operation: .apply,
            state: .pending,
            author: "tester",
            startedAt: .init(timeIntervalSince1970: 0)
        )
    }
}
