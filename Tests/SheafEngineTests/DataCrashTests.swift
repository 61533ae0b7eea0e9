import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Testing

/// Stops changes that copy data, and rollbacks that put it back, after every effect and every write, and recovers.
@Suite struct DataCrashTests {
    private typealias Build = BundleBuilder

    enum Operation: String, CaseIterable, Sendable { case upgrade, restore, failingRestore }

    private func resources(_ text: String) -> [ResolvedResource] {
        [
            Build.volume("data", .beforeChange), Build.mounting("data", "writer", text: text),
            Build.mounting("data", "reader", readOnly: true), Build.worker("other", text: text),
        ]
    }

    @Test(arguments: Operation.allCases)
    func theDataIsThatOfTheRevisionThatIsLive(operation: Operation) async throws {
        let scratch = try ScratchDirectory("data")
        let world = try await begin(scratch.path, with: operation == .upgrade ? ["1"] : ["1", "2"])
        let recorder = try CrashRecorder(home: scratch.path, world: world)
        let executor = FakeExecutor(world: world) { recorder.note("an effect of \($0)", $1) }
        let fixture = try EngineFixture(home: scratch.path, executor: executor, owner: .dead)
        let number = try #require(try fixture.store.liveRevision(of: "shop")).number
        if operation == .upgrade {
            try await fixture.apply(resources("2"))
        } else {
            if operation == .failingRestore { executor.fail(.perform("other")) }
            let rollback = Target.rollback(to: 1, resources("1"), withData: true)
            do {
                _ = try await fixture.engine.carryOut(rollback, options: OperationOptions())
                #expect(operation == .restore)
            } catch let error as EngineError {
                #expect(operation == .failingRestore, "\(error)")
            }
        }
        let after = executor.world
        let remains = try withExtendedLifetime(fixture) { try recorder.remains() }
        #expect(remains.count >= 15)
        for moment in remains {
            try await checkRecovery(of: moment, before: world, after: after, number, keepsCopy: operation == .upgrade)
        }
    }

    /// Applies one version after the other, each of which writes its text into the volume.
    private func begin(_ home: String, with texts: [String]) async throws -> FakeWorld {
        let executor = FakeExecutor()
        let fixture = try EngineFixture(home: home, executor: executor)
        for text in texts {
            try await fixture.apply(resources(text))
            executor.write(text, to: "data")
        }
        return executor.world
    }

    /// Recovers from a crash, and holds the data, its copies and what runs against the revision that is live then.
    ///
    /// - Parameters:
    ///   - remains: What the crash has left.
    ///   - before: The world before the change, when that revision was live.
    ///   - after: The world when it had ended.
    ///   - number: The revision that was live before.
    ///   - keepsCopy: Whether a change that had begun keeps its copy when it is undone.
    /// - Throws: When something cannot be checked at all.
    private func checkRecovery(
        of remains: Remains,
        before: FakeWorld,
        after: FakeWorld,
        _ number: Int,
        keepsCopy: Bool
    ) async throws {
        let scratch = try ScratchDirectory("remains")
        try remains.restore(to: scratch.path)
        let survivor = FakeExecutor(world: remains.world)
        let recovered = try EngineFixture(home: scratch.path, executor: survivor)
        try await recovered.engine.recover()
        let comment: Comment = "crash \(remains.moment)"
        let isNew = try recovered.store.liveRevision(of: "shop")?.number != number
        var expected = isNew ? after : before
        let isKept = try !recovered.store.snapshots(of: "shop").isEmpty
        if keepsCopy, isKept { expected.copies = after.copies }
        #expect(survivor.world.data == expected.data, comment)
        #expect(survivor.world.copies == expected.copies, comment)
        #expect(survivor.world.running == expected.running, comment)
        #expect(survivor.world.prepared == expected.prepared, comment)
        #expect(survivor.world.staged.isEmpty && survivor.world.wrongs.isEmpty, comment)
        #expect(try recovered.store.openTransactions().isEmpty, comment)
        #expect(try recovered.store.verifyHistory().problems == [], comment)
        let known = try recovered.store.snapshots(of: "shop").map { "data before \($0.id.revision)" }
        #expect(Set(known) == Set(survivor.world.copies.keys), comment)
    }
}
