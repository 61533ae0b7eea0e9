import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Synchronization
import Testing

/// Plans that somebody agrees to before they are carried out.
@Suite struct AgreedPlanTests {
    private typealias Build = BundleBuilder

    @Test func aPlanThatIsNotAgreedToChangesNothing() async throws {
        struct Moved: Error {}
        let fixture = try EngineFixture()
        try await fixture.apply([Build.worker("a")])
        let calls = fixture.executor.calls
        let bundle = Build.bundle([Build.worker("a", text: "2")])
        let target = Target.apply(
            bundle,
            archive: Digest(of: [2]),
            resolved: Digest(of: [2]),
            version: nil,
            provenance: nil
        )
        await #expect(throws: Moved.self) {
            try await fixture.engine.carryOut(target, options: OperationOptions(), agreeing: { _ in throw Moved() })
        }
        #expect(fixture.executor.calls == calls)
        #expect(try fixture.store.revisions(of: "shop").count == 1)
        #expect(try fixture.store.leaseOwner(of: "shop") == nil)
    }

    @Test func aPlanThatIsAgreedToIsTheOneThatIsCarriedOut() async throws {
        let fixture = try EngineFixture()
        let bundle = Build.bundle([Build.worker("a")])
        let target = Target.apply(
            bundle,
            archive: Digest(of: [1]),
            resolved: Digest(of: [1]),
            version: nil,
            provenance: nil
        )
        let agreed = Mutex<[Plan]>([])
        func carryOut() async throws -> Outcome {
            try await fixture.engine.carryOut(
                target,
                options: OperationOptions(),
                agreeing: { plan in agreed.withLock { $0.append(plan) } }
            )
        }
        let outcome = try await carryOut()
        #expect(outcome == .changed(revision: 1, plan: agreed.withLock { $0[0] }, isTidy: true))
        #expect(try await carryOut() == .unchanged(revision: 1))
        #expect(agreed.withLock { $0.map(\.isEmpty) } == [false, true])
    }
}
