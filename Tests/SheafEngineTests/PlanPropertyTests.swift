import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// What holds for the plan of every bundle, tried on random ones; the seed of a failure is its argument.
@Suite struct PlanPropertyTests {
    private static let seeds: [UInt64] = (1...25).map { $0 }

    /// A bundle, and what its next version might be.
    private func versions(seed: UInt64) -> (old: ResolvedBundle, new: ResolvedBundle) {
        var generator = BundleGenerator(seed: seed)
        let old = generator.draft()
        return (old.bundle(named: "shop"), generator.upgrade(old).bundle(named: "shop"))
    }

    private func target(_ bundle: ResolvedBundle, _ operation: Revision.Operation = .apply) throws -> Target {
        let digest = Digest(of: try CanonicalJSON.encode(bundle))
        var target = Target.apply(bundle, archive: digest, resolved: digest, version: nil, provenance: nil)
        target.operation = operation
        return target
    }

    private func apply(_ bundle: ResolvedBundle, with fixture: EngineFixture) async throws {
        _ = try await fixture.engine.carryOut(target(bundle), options: OperationOptions())
    }

    private func names(_ instances: [ResourceInstance]) -> Set<String> {
        Set(instances.map { "\($0.resource.id.name)@\($0.generation)" })
    }

    @Test(arguments: seeds)
    func thePlanOfAnUnchangedBundleIsEmpty(seed: UInt64) async throws {
        var generator = BundleGenerator(seed: seed)
        let bundle = generator.draft().bundle(named: "shop")
        let fixture = try EngineFixture()
        try await apply(bundle, with: fixture)
        let plan = try await fixture.engine.plan(target(bundle))
        #expect(plan.isEmpty)
        #expect(plan.changes.allSatisfy { $0.reasons.isEmpty && $0.undo == .reversible && $0.interruption == .none })
    }

    @Test(arguments: seeds)
    func anApplyDoesWhatThePlanSaid(seed: UInt64) async throws {
        let (old, new) = versions(seed: seed)
        let fixture = try EngineFixture()
        try await apply(old, with: fixture)
        let before = try fixture.store.inventory(of: "shop")
        let generations = Dictionary(uniqueKeysWithValues: before.map { ($0.resource.id, $0.generation) })
        let calls = fixture.executor.calls.count
        let plan = try await fixture.engine.plan(target(new))
        let outcome = try await fixture.engine.carryOut(target(new), options: OperationOptions())

        guard case .changed(let revision, let done, isTidy: true) = outcome else {
            #expect(plan.isEmpty)
            return
        }
        #expect(done == plan)
        var expected: Set<String> = []
        var ended: Set<String> = []
        for change in plan.changes {
            let name = change.resource.name, old = generations[change.resource]
            switch change.action {
            case .keep, .update:
                let kept = try #require(old)
                expected.insert("\(name)@\(kept)")
            case .create, .adopt, .replace, .run: expected.insert("\(name)@\(revision)")
            case .delete: break
            }
            if change.action == .delete || change.action.renews { ended.insert(name) }
            #expect((old == nil) == (change.action == .create))
        }
        #expect(names(try fixture.store.inventory(of: "shop")) == expected)
        let runners = Set(new.resources.filter { $0.id.kind.runsProcesses }.map(\.id.name))
        let running = fixture.executor.world.running
        #expect(running == expected.filter { runners.contains(String($0.prefix { $0 != "@" })) })
        #expect(try fixture.store.inventory(of: "shop").map(\.resource) == new.resources)
        let made = fixture.executor.calls[calls...]
        let finished = made.compactMap { if case .finish(let name) = $0 { name } else { nil } }
        #expect(Set(finished) == ended && finished.count == ended.count)
        let performed = made.compactMap { if case .perform(let name) = $0 { name } else { nil } }
        #expect(Set(performed) == Set(plan.changes.filter { $0.action != .keep }.map(\.resource.name)))
    }

    @Test(arguments: seeds)
    func anApplyAndARollbackGiveTheOriginalInventory(seed: UInt64) async throws {
        let (old, new) = versions(seed: seed)
        let fixture = try EngineFixture()
        try await apply(old, with: fixture)
        let before = try fixture.store.inventory(of: "shop")
        try await apply(new, with: fixture)
        let options = OperationOptions(runsJobs: false)
        _ = try await fixture.engine.carryOut(target(old, .rollback), options: options)
        let after = try fixture.store.inventory(of: "shop")
        #expect(after.map(\.resource) == before.map(\.resource))
        let world = fixture.executor.world
        #expect(world.prepared == names(after.filter { $0.resource.id.kind.runsProcesses }))
        // The jobs of workflows that were changed there and back have not run again.
        let lasting = after.filter { [.service, .worker].contains($0.resource.id.kind) }
        #expect(world.running.isSuperset(of: names(lasting)))
        #expect(world.wrongs.isEmpty)
        #expect(try await fixture.engine.plan(target(old)).isEmpty)
    }

    @Test(arguments: seeds)
    func anApplyThatFailsAnywhereChangesNothing(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let (old, new) = versions(seed: seed)
        let fixture = try EngineFixture()
        try await apply(old, with: fixture)
        let before = try fixture.store.inventory(of: "shop"), world = fixture.executor.world
        let steps = try await fixture.engine.plan(target(new)).changes.filter { $0.action != .keep }
        guard !steps.isEmpty else { return }
        fixture.executor.fail(.perform(steps[random.below(steps.count)].resource.name))
        await #expect(throws: EngineError.self) { try await apply(new, with: fixture) }
        #expect(try fixture.store.inventory(of: "shop") == before)
        #expect(fixture.executor.world.isLike(world))
    }
}
