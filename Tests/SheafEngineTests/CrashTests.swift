import FoundationEssentials
import GRDB
import SheafEngine
import SheafModel
import SheafStore
import SheafTestSupport
import Synchronization
import Testing

/// Stops an operation at every call of the executor, as a crash would, and recovers from what was durable then.
@Suite struct CrashTests {
    private typealias Build = BundleBuilder

    /// What a crash at some moment would leave behind.
    private struct Remains: Sendable {
        var home: String
        var world: FakeExecutor.World
    }

    /// Copies the durable state at each change of the world.
    private final class Camera: Sendable {
        let scratch: ScratchDirectory
        private let remains = Mutex<[Remains]>([])
        private let source = Mutex<String?>(nil)

        init() throws { scratch = try ScratchDirectory("crash") }

        var all: [Remains] { remains.withLock { $0 } }

        func start(_ home: String) { source.withLock { $0 = home } }

        func take(_ world: FakeExecutor.World) throws {
            guard let home = source.withLock({ $0 }) else { return }
            try remains.withLock { remains in
                let copy = scratch.path("\(remains.count)")
                try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
                try DatabaseQueue(path: "\(home)/state.db").writeWithoutTransaction { database in
                    try database.execute(sql: "VACUUM INTO ?", arguments: ["\(copy)/state.db"])
                }
                remains.append(Remains(home: copy, world: world))
            }
        }
    }

    enum Operation: String, CaseIterable, Sendable { case firstApply, upgrade, failingUpgrade, handover, delete }

    @Test(arguments: Operation.allCases)
    func recoveryAfterACrashAtAnyMomentGivesTheOldOrTheNewRevision(operation: Operation) async throws {
        let camera = try Camera()
        let executor = FakeExecutor(onChange: { try camera.take($0) })
        let fixture = try EngineFixture(executor: executor, owner: .dead)
        let old = [Build.worker("a"), Build.worker("b", needs: [Build.worker("a").id]), Build.service("web", port: 80)]
        if operation != .firstApply { try await fixture.apply(old) }
        let before = executor.world
        camera.start(fixture.scratch.path)
        switch operation {
        case .firstApply: try await fixture.apply(old)
        case .upgrade: try await fixture.apply([old[0], Build.worker("b", text: "2"), Build.worker("c"), old[2]])
        case .failingUpgrade:
            executor.fail(.perform("c"))
            await #expect(throws: EngineError.self) {
                try await fixture.apply([Build.worker("a", text: "2"), Build.worker("b", text: "2"), Build.worker("c")])
            }
        case .handover: try await fixture.apply([Build.service("web2", port: 80), Build.worker("a", text: "3")])
        case .delete: _ = try await fixture.engine.carryOut(.delete("shop"), options: OperationOptions())
        }
        let after = executor.world
        let remains = camera.all
        #expect(remains.count > 4)
        for remain in remains {
            let survivor = FakeExecutor(world: remain.world)
            let recovered = try EngineFixture(home: remain.home, executor: survivor)
            try await recovered.engine.recover()
            let live = try recovered.store.liveRevision(of: "shop")
            let isNew = (live?.number ?? 0) > (operation == .firstApply ? 0 : 1)
            #expect(survivor.world == (isNew ? after : before), "crash at \(remain.home)")
            let names = try recovered.store.inventory(of: "shop").map { "\($0.resource.id.name)@\($0.generation)" }
            #expect(Set(names) == survivor.world.running)
            #expect(try recovered.store.openTransactions().isEmpty)
            #expect(try recovered.store.leaseOwner(of: "shop") == nil)
            #expect(try recovered.store.verifyHistory().problems == [], "crash at \(remain.home)")
            #expect(try recovered.store.chronicle(of: "shop").inventory.count == names.count)
        }
    }

    @Test func aCrashDuringRecoveryIsRecoveredToo() async throws {
        let camera = try Camera()
        let executor = FakeExecutor(onChange: { try camera.take($0) })
        let fixture = try EngineFixture(executor: executor, owner: .dead)
        try await fixture.apply([Build.worker("a")])
        let before = executor.world
        executor.fail(.perform("b"))
        executor.fail(.revert("b"))
        await #expect(throws: EngineError.self) {
            try await fixture.apply([Build.worker("a", text: "2"), Build.worker("b")])
        }
        executor.mend()
        camera.start(fixture.scratch.path)
        try await fixture.engine.recover()
        #expect(executor.world == before)
        for remain in camera.all {
            let survivor = FakeExecutor(world: remain.world)
            let recovered = try EngineFixture(home: remain.home, executor: survivor)
            try await recovered.engine.recover()
            #expect(survivor.world == before)
            #expect(try recovered.store.openTransactions().isEmpty)
            #expect(try recovered.store.verifyHistory().problems == [])
        }
    }
}
