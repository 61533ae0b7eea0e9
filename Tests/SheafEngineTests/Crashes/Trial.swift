import FoundationEssentials
import SheafEngine
import SheafModel
import SheafStore
import SheafSystem
import SheafTestSupport

/// An operation that can be interrupted, on a bundle of random shape.
enum MatrixOperation: String, CaseIterable, Sendable { case apply, upgrade, rollback, delete }

/// One operation of one seed: where it begins, and what it is to lead to.
///
/// It can be run again and again from there.
struct Trial: Sendable, CustomStringConvertible {
    static let bundle = "shop"

    let seed: UInt64
    let operation: MatrixOperation
    /// The bundle that is live before; nil before a first apply.
    let old: ResolvedBundle?
    /// What shall be live; nil for a delete.
    let new: ResolvedBundle?
    /// The revision that is live before; 0 when there is none.
    private(set) var oldRevision = 0
    private(set) var beginning: Remains
    private let options: OperationOptions

    var description: String { "\(operation.rawValue) of seed \(seed)" }

    /// Brings a fresh store to where the operation begins.
    init(_ operation: MatrixOperation, seed: UInt64) async throws {
        self.seed = seed
        self.operation = operation
        var generator = BundleGenerator(seed: seed)
        let first = generator.draft()
        let one = first.bundle(named: Self.bundle), two = generator.upgrade(first).bundle(named: Self.bundle)
        switch operation {
        case .apply: (old, new) = (nil, one)
        case .upgrade: (old, new) = (one, two)
        case .rollback: (old, new) = (two, one)
        case .delete: (old, new) = (one, nil)
        }
        options = OperationOptions(
            // A busy machine must not end a run in which nothing goes wrong.
            timeout: .seconds(900),
            parallelism: 1 + Int(seed % 4),
            runsJobs: operation != .rollback,
            deletesData: seed % 2 == 0
        )
        let scratch = try ScratchDirectory("trial")
        let executor = FakeExecutor()
        do {
            let fixture = try EngineFixture(home: scratch.path, executor: executor)
            let earlier = operation == .rollback ? [one, two] : old.map { [$0] } ?? []
            for bundle in earlier {
                _ = try await fixture.engine.carryOut(Self.target(bundle), options: OperationOptions())
            }
            oldRevision = earlier.count
        }
        beginning = Remains(
            moment: "the beginning",
            database: try Data(contentsOf: URL(filePath: scratch.path("state.db"))),
            log: [],
            world: executor.world
        )
    }

    var newRevision: Int { oldRevision + 1 }
    var deletesData: Bool { options.deletesData }

    private func makeTarget() throws -> Target {
        guard let new else { return .delete(Self.bundle) }
        var target = try Self.target(new)
        if operation == .rollback { (target.operation, target.restores) = (.rollback, oldRevision - 1) }
        return target
    }

    static func target(_ bundle: ResolvedBundle) throws -> Target {
        let digest = Digest(of: try CanonicalJSON.encode(bundle))
        return .apply(bundle, archive: digest, resolved: digest, version: "1.0.0", provenance: nil)
    }

    /// What a run led to.
    struct Run: Sendable {
        var outcome: Result<Outcome, any Error>
        /// What a crash at each moment of the run would have left; the last is what the run itself has left.
        var remains: [Remains]
        var calls: [FakeExecutor.Call]
        var time: Duration
    }

    /// Runs the operation from its beginning.
    func run(faults: [FakeExecutor.Fault] = [], timeout: Duration? = nil) async throws -> Run {
        var options = options
        if let timeout { options.timeout = timeout }
        let target = try makeTarget()
        return try await Self.record(beginning, faults: faults, unreadyLooks: Int(seed % 3)) { engine in
            try await engine.carryOut(target, options: options)
        }
    }

    /// Runs the recovery of a crash.
    func recover(_ remains: Remains) async throws -> [Remains] {
        try await Self.record(remains) { engine in
            try await engine.recover()
            return .unchanged(revision: 0)
        }.remains
    }

    /// Runs something on the remains of a crash, and records what a crash of that would leave.
    private static func record(
        _ remains: Remains,
        faults: [FakeExecutor.Fault] = [],
        unreadyLooks: Int = 0,
        _ body: (Engine) async throws -> Outcome
    ) async throws -> Run {
        let scratch = try ScratchDirectory("trial")
        try remains.restore(to: scratch.path)
        let recorder = try CrashRecorder(home: scratch.path, world: remains.world)
        let executor = FakeExecutor(world: remains.world, faults: faults, unreadyLooks: unreadyLooks) {
            recorder.note("an effect of \($0)", $1)
        }
        let fixture = try EngineFixture(home: scratch.path, executor: executor, owner: .beforeReboot)
        let start = ContinuousClock.now
        let outcome: Result<Outcome, any Error>
        do { outcome = .success(try await body(fixture.engine)) } catch { outcome = .failure(error) }
        let time = ContinuousClock.now - start
        // The store has to be open still.
        let remains = try withExtendedLifetime(fixture) { try recorder.remains() }
        return Run(outcome: outcome, remains: remains, calls: executor.calls, time: time)
    }
}

extension LeaseOwner {
    /// A process of an earlier boot of this machine.
    static var beforeReboot: LeaseOwner {
        var owner = living
        owner.bootID = "an earlier boot"
        return owner
    }
}
