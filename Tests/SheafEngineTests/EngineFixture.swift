import FoundationEssentials
import SheafEngine
import SheafModel
import SheafStore
import SheafSystem
import SheafTestSupport
import Synchronization

/// An engine over a fresh store and a fake executor.
struct EngineFixture {
    let scratch: ScratchDirectory
    let store: Store
    let executor: FakeExecutor
    let events = EventLog()
    let engine: Engine
    let content: MemoryContent
    let clock: FixedClock

    /// A clock that stands still until a test moves it.
    final class FixedClock: Sendable {
        private let seconds = Mutex(1_000.0)
        var now: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }
        func advance(bySeconds more: Double) { seconds.withLock { $0 += more } }
    }

    /// Content in memory, which a test can lose.
    final class MemoryContent: ContentSource {
        private let blobs = Mutex<[Digest: [UInt8]]>([:])

        func keep(_ bytes: [UInt8]) -> Digest {
            let digest = Digest(of: bytes)
            blobs.withLock { $0[digest] = bytes }
            return digest
        }

        func lose(_ digest: Digest) { blobs.withLock { $0[digest] = nil } }

        func content(_ digest: Digest) throws -> [UInt8] {
            guard let bytes = blobs.withLock({ $0[digest] }) else {
                throw FakeExecutor.Failure(message: "no \(digest)")
            }
            return bytes
        }
    }

    final class EventLog: Sendable {
        private let events = Mutex<[EngineEvent]>([])
        func add(_ event: EngineEvent) { events.withLock { $0.append(event) } }
        var all: [EngineEvent] { events.withLock { $0 } }
    }

    init(home: String? = nil, executor: FakeExecutor = FakeExecutor(), owner: LeaseOwner = .living) throws {
        scratch = try ScratchDirectory("engine")
        store = try Store.open(home: home ?? scratch.path)
        self.executor = executor
        let events = events, clock = FixedClock(), content = MemoryContent()
        (self.clock, self.content) = (clock, content)
        engine = Engine(
            store: store,
            executor: executor,
            content: content,
            owner: owner,
            now: { clock.now },
            report: { events.add($0) }
        )
    }

    @discardableResult
    func apply(_ resources: [ResolvedResource], options: OperationOptions = OperationOptions()) async throws -> Outcome
    {
        let target = try Self.target(resources)
        let bytes = Array(try CanonicalJSON.encode(target.desired))
        return try await engine.carryOut(
            target,
            options: options,
            keeping: { [content] in
                _ = content.keep(bytes)
                return nil
            }
        )
    }

    /// The target of an apply of these resources.
    static func target(_ resources: [ResolvedResource], bundle name: String = "shop") throws -> Target {
        let bundle = BundleBuilder.bundle(resources, name: name)
        let resolved = Digest(of: try CanonicalJSON.encode(bundle))
        return .apply(bundle, archive: resolved, resolved: resolved, version: "1.0.0", provenance: nil)
    }

    /// An engine over the same store with another executor.
    func engine(with executor: any Executor, events: EventLog) -> Engine {
        Engine(
            store: store,
            executor: executor,
            owner: .living,
            now: { Date(timeIntervalSince1970: 1_000) },
            report: { events.add($0) }
        )
    }
}

/// Knows no resource; the fake executor looks for none.
struct NoResources: ResourceDirectory {
    func resource(_ id: ResourceID) throws -> ResolvedResource? { nil }
}

extension LeaseOwner {
    /// This process, which lives.
    static var living: LeaseOwner {
        .current(user: "tester", operation: "apply", now: Date(timeIntervalSince1970: 0))
    }

    /// A process of this machine that has ended: no process has started at tick 1 with this number.
    static var dead: LeaseOwner {
        var owner = living
        owner.process = ProcessIdentity(pid: 1, startTime: 1)
        return owner
    }
}
