import SheafModel
import SheafStore
import SheafTestSupport
import Synchronization
import Testing

@testable import SheafEngine

/// In which order, and how many at once, old incarnations end after a commit.
@Suite struct EndingTests {
    private typealias Build = BundleBuilder

    private func ending(_ resource: ResolvedResource) -> Step {
        Step(
            change: Change(action: .delete, resource: resource.id),
            before: ResourceInstance(resource: resource, generation: 1)
        )
    }

    @Test func whatOthersDependOnEndsAfterAllOfThem() {
        let base = Build.worker("base")
        let one = Build.worker("one", needs: [base.id]), two = Build.worker("two", needs: [base.id])
        var queue = EndQueue([two, one, base].map(ending))
        #expect([queue.next(), queue.next(), queue.next()] == [0, 1, nil])
        queue.noteEnded(1)
        #expect(queue.next() == nil)
        queue.noteEnded(0)
        #expect([queue.next(), queue.next()] == [2, nil])
    }

    @Test func whatIsReplacedEndsAfterWhatDependedOnIt() {
        let base = Build.worker("base"), user = Build.worker("user", needs: [base.id])
        let replaced = [base, user].map { resource in
            Step(
                change: Change(action: .replace, resource: resource.id),
                before: ResourceInstance(resource: resource, generation: 1),
                after: ResourceInstance(resource: resource, generation: 2)
            )
        }
        var queue = EndQueue(replaced)
        #expect([queue.next(), queue.next()] == [1, nil])
        queue.noteEnded(1)
        #expect(queue.next() == 0)
    }

    @Test func whatStaysOrIsNewIsNotWaitedFor() {
        let base = Build.worker("base"), user = Build.worker("user", needs: [base.id])
        let inPlace = Step(
            change: Change(action: .update, resource: user.id),
            before: ResourceInstance(resource: user, generation: 1),
            after: ResourceInstance(resource: user, generation: 1)
        )
        var queue = EndQueue([inPlace, ending(base)])
        #expect([queue.next(), queue.next()] == [1, nil])
    }

    @Test func aCircleIsBroken() {
        var one = Build.worker("one"), two = Build.worker("two", needs: [one.id])
        one.dependencies = [Dependency(resource: two.id), Dependency(resource: one.id)]
        two.dependencies = [Dependency(resource: one.id)]
        var queue = EndQueue([one, two].map(ending))
        #expect([queue.next(), queue.next()] == [0, nil])
        queue.noteEnded(0)
        #expect([queue.next(), queue.next()] == [1, nil])
        queue.noteEnded(1)
        #expect(queue.next() == nil)
    }

    @Test func asManyEndAtOnceAsAllowed() async throws {
        let gathering = GatheringExecutor(3)
        let fixture = try EngineFixture()
        let engine = fixture.engine(with: gathering, events: fixture.events)
        let target = try EngineFixture.target((0..<10).map { Build.worker("w\($0)") })
        _ = try await engine.carryOut(target, options: OperationOptions())
        let outcome = try await engine.carryOut(.delete("shop"), options: OperationOptions(parallelism: 3))
        guard case .changed(_, _, isTidy: true) = outcome else {
            Issue.record("unexpected outcome \(outcome)")
            return
        }
        #expect(gathering.most == 3)
        #expect(gathering.base.world == FakeExecutor.World())
    }

    @Test func whatCannotBeEndedHoldsUpNothingElse() async throws {
        let fixture = try EngineFixture()
        let base = Build.worker("base"), user = Build.worker("user", needs: [base.id])
        try await fixture.apply([base, user, Build.worker("other")])
        fixture.executor.fail(.finish("user"))
        let outcome = try await fixture.engine.carryOut(.delete("shop"), options: OperationOptions())
        guard case .changed(_, _, isTidy: false) = outcome else {
            Issue.record("unexpected outcome \(outcome)")
            return
        }
        #expect(fixture.executor.world.running == ["user@1"])
        #expect(try fixture.store.openTransactions().map(\.state) == [.committed])
        fixture.executor.mend()
        #expect(try await fixture.engine.recover().map(\.isLive) == [true])
        #expect(fixture.executor.world == FakeExecutor.World())
    }
}

/// Ends nothing until so many are to end at the same time, if they ever are.
private final class GatheringExecutor: WrappedExecutor {
    let base = FakeExecutor()
    private let wanted: Int
    private let counts = Mutex((now: 0, most: 0))

    init(_ wanted: Int) { self.wanted = wanted }

    /// How many were ending at once.
    var most: Int { counts.withLock(\.most) }

    func finish(_ step: Step) async throws {
        counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        defer { counts.withLock { $0.now -= 1 } }
        _ = try await eventually { most >= wanted }
        try await base.finish(step)
    }
}
