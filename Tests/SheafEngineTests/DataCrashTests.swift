import FoundationEssentials
import GRDB
import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Synchronization
import Testing

/// Stops changes that copy data, and rollbacks that put it back, at every call of the executor, and recovers.
@Suite struct DataCrashTests {
    private typealias Build = BundleBuilder

    /// The durable state and the world at each change of the world.
    private final class Moments: Sendable {
        let scratch: ScratchDirectory
        private let all = Mutex<[(home: String, world: FakeExecutor.World)]>([])
        private let source = Mutex<String?>(nil)

        init() throws { scratch = try ScratchDirectory("moments") }

        var remains: [(home: String, world: FakeExecutor.World)] { all.withLock { $0 } }

        func start(_ home: String) { source.withLock { $0 = home } }

        func note(_ world: FakeExecutor.World) throws {
            guard let home = source.withLock({ $0 }) else { return }
            try all.withLock { all in
                let copy = scratch.path("\(all.count)")
                try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
                try DatabaseQueue(path: "\(home)/state.db").writeWithoutTransaction { database in
                    try database.execute(sql: "VACUUM INTO ?", arguments: ["\(copy)/state.db"])
                }
                all.append((copy, world))
            }
        }
    }

    enum Operation: String, CaseIterable, Sendable { case upgrade, restore, failingRestore }

    private func resources(_ text: String) -> [ResolvedResource] {
        [
            Build.volume("data", .beforeChange), Build.mounting("data", "writer", text: text),
            Build.mounting("data", "reader", readOnly: true), Build.worker("other", text: text),
        ]
    }

    @Test(arguments: Operation.allCases)
    func theDataIsThatOfTheRevisionThatIsLive(operation: Operation) async throws {
        let moments = try Moments()
        let executor = FakeExecutor(onChange: { try moments.note($0) })
        let fixture = try EngineFixture(executor: executor, owner: .dead)
        for text in operation == .upgrade ? ["1"] : ["1", "2"] {
            try await fixture.apply(resources(text))
            executor.write(text, to: "data")
        }
        let before = executor.world
        let number = try #require(try fixture.store.liveRevision(of: "shop")).number
        moments.start(fixture.scratch.path)
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
        #expect(moments.remains.count > 10)
        for (home, world) in moments.remains {
            let survivor = FakeExecutor(world: world)
            let recovered = try EngineFixture(home: home, executor: survivor)
            try await recovered.engine.recover()
            let isNew = try recovered.store.liveRevision(of: "shop")?.number != number
            var expected = isNew ? after : before
            // A change that had begun keeps its copy when it is undone.
            let isKept = try !recovered.store.snapshots(of: "shop").isEmpty
            if operation == .upgrade, isKept { expected.copies = after.copies }
            #expect(survivor.world == expected, "crash at \(home)")
            #expect(try recovered.store.openTransactions().isEmpty)
            let known = try recovered.store.snapshots(of: "shop").map { "data before \($0.id.revision)" }
            #expect(Set(known) == Set(survivor.world.copies.keys), "crash at \(home)")
        }
    }
}
