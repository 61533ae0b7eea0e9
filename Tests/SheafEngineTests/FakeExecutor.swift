import SheafEngine
import SheafModel
import Synchronization

/// An executor whose world is a value, and in which any step can fail or hang at any place.
///
/// Its steps have the effects of the local executor's controllers, one after the other, so that a test can look at the
/// world between them. The local executor's own tests and the crash tests of the program hold the real ones to the same
/// contract.
final class FakeExecutor: Executor {
    typealias World = FakeWorld
    typealias Effect = @Sendable (inout FakeWorld) throws -> Void

    struct Failure: SheafError {
        let message: String
        var code: String { "executor.fake" }
        var hint: String? { "try something else" }
        var failureClass: FailureClass { .refused }
    }

    enum Call: Hashable, Sendable {
        case prepare(String), perform(String), revert(String), finish(String), observe(String)
        case takeSnapshot(String), dropSnapshot(String)
    }

    /// What goes wrong in a call.
    struct Fault: Hashable, Sendable {
        enum Place: Int, CaseIterable, Sendable { case before, half, after }
        enum Kind: Hashable, Sendable {
            case failure
            /// The call goes on after that time, if nobody cancels it.
            case hang(Duration)
        }

        var call: Call
        var place = Place.before
        var kind = Kind.failure
        /// Whether it happens every time.
        var isLasting = false
    }

    private struct State {
        var world: World
        var calls: [Call] = []
        var faults: [Fault] = []
        var brokenStates: [String: ResourceState] = [:]
        /// What is there outside any bundle, by name.
        var existing: [String: String] = [:]
        /// Names of workflows with a run whose supervisor was lost.
        var interrupted: Set<String> = []
        /// As they were prepared.
        var steps: [Step] = []
        /// What has changed under Sheaf, by incarnation.
        var drifts: [String: [Drift]] = [:]
        /// How often a running incarnation was looked at.
        var looks: [FakeWorld.Name: Int] = [:]
        /// The names of what was to be watched, once for each time.
        var watched: [[String]] = []
    }

    private let state: Mutex<State>
    /// How often an incarnation is looked at before it is ready.
    private let unreadyLooks: Int
    /// Told of each effect when it has happened, and before any other can.
    private let onEffect: @Sendable (Call, World) -> Void

    init(
        world: World = World(),
        faults: [Fault] = [],
        unreadyLooks: Int = 0,
        onEffect: @escaping @Sendable (Call, World) -> Void = { _, _ in }
    ) {
        state = Mutex(State(world: world, faults: faults))
        self.unreadyLooks = unreadyLooks
        self.onEffect = onEffect
    }

    var world: World { state.withLock(\.world) }
    var steps: [Step] { state.withLock(\.steps) }
    var calls: [Call] { state.withLock(\.calls) }
    var watched: [[String]] { state.withLock(\.watched) }

    func fail(_ call: Call) { state.withLock { $0.faults.append(Fault(call: call, isLasting: true)) } }
    func mend() {
        state.withLock {
            $0.faults = []; $0.brokenStates = [:]
        }
    }
    func answer(_ name: String, _ answer: ResourceState) { state.withLock { $0.brokenStates[name] = answer } }

    /// Lets something be there outside any bundle.
    func leave(_ name: String, _ what: String) { state.withLock { $0.existing[name] = what } }
    func drift(_ name: String, _ drift: Drift) { state.withLock { $0.drifts[name, default: []].append(drift) } }

    /// What a workload does to a volume.
    func write(_ text: String, to volume: String) { state.withLock { $0.world.data[volume] = text } }

    // MARK: Faults

    private func carryOut(_ call: Call, _ effects: [Effect]) async throws {
        state.withLock { $0.calls.append(call) }
        try await meetFaults(of: call, .before)
        for (position, effect) in effects.enumerated() {
            try state.withLock { state in
                try effect(&state.world)
                onEffect(call, state.world)
            }
            if position == 0 { try await meetFaults(of: call, .half) }
        }
        try await meetFaults(of: call, .after)
    }

    private func meetFaults(of call: Call, _ place: Fault.Place) async throws {
        let fault: Fault? = state.withLock { state in
            guard let index = state.faults.firstIndex(where: { $0.call == call && $0.place == place }) else {
                return nil
            }
            return state.faults[index].isLasting ? state.faults[index] : state.faults.remove(at: index)
        }
        switch fault?.kind {
        case .failure: throw Failure(message: "\(call) fails")
        case .hang(let time): try await Task.sleep(for: time)
        case nil: break
        }
    }

    // MARK: Calls

    func existing(_ resource: ResolvedResource) async throws -> String? {
        state.withLock { $0.existing[resource.id.name] }
    }

    func setAside(_ step: Step, everything: Bool) async throws -> String? {
        step.added.map { "failed/\($0.resource.id.name)\(everything ? "/all" : "")" }
    }

    func prepare(_ step: Step, resources: any ResourceDirectory) async throws -> [String: String] {
        let facts = state.withLock { state in
            state.steps.append(step)
            return step.facts(in: state.world)
        }
        try await carryOut(.prepare(step.change.resource.name), step.preparation)
        return facts
    }

    func perform(_ step: Step) async throws {
        try await carryOut(.perform(step.change.resource.name), step.performance)
    }

    func revert(_ step: Step) async throws {
        try await carryOut(.revert(step.change.resource.name), step.reversal)
    }

    func finish(_ step: Step) async throws {
        try await carryOut(.finish(step.change.resource.name), step.ending)
    }

    func takeSnapshot(_ request: SnapshotRequest) async throws -> SnapshotContent? {
        let volume = request.id.volume.name
        try await carryOut(.takeSnapshot(volume), [{ $0.copies[FakeWorld.name(request.id)] = $0.data[volume] }])
        return world.data[volume].map { SnapshotContent(method: .copy, bytes: Int64($0.utf8.count), files: 1) }
    }

    func dropSnapshot(_ id: SnapshotID) async throws {
        try await carryOut(.dropSnapshot(id.volume.name), [{ $0.copies[FakeWorld.name(id)] = nil }])
    }

    @discardableResult
    func startRun(of instance: ResourceInstance, because cause: RunCause, overlapping: Bool) async throws -> RunID? {
        let name = instance.resource.id.name
        try await carryOut(.perform(name), [{ try $0.startRun(instance, overlapping: overlapping) }])
        return nil
    }

    func lastRun(of instance: ResourceInstance) async throws -> LastRun? { world.lastRun(of: instance) }

    func endRuns(of instance: ResourceInstance, only run: RunID?) async throws -> [RunID] {
        try await carryOut(.finish(instance.resource.id.name), [{ $0.stop(instance) }])
        return []
    }

    /// Lets the run of a workflow come to its end.
    func completeRun(of instance: ResourceInstance) { state.withLock { $0.world.stop(instance) } }
    func goOnWithRuns(of instance: ResourceInstance, only identity: String?) async throws -> [RunID] {
        let name = instance.resource.id.name
        guard state.withLock({ $0.interrupted.remove(name) }) != nil else { return [] }
        try await carryOut(.perform(name), [{ try $0.start(instance) }])
        return [Self.resumedRun]
    }

    /// What every run that goes on is called.
    static let resumedRun = RunID(at: 0, random: 0)

    /// Lets a workflow have a run whose supervisor was lost.
    func interruptRun(of name: String) { state.withLock { _ = $0.interrupted.insert(name) } }

    func observe(_ instance: ResourceInstance) async throws -> ResourceState {
        let name = FakeWorld.Name(instance)
        try await meetFaults(of: .observe(name.id.name), .before)
        return state.withLock { state in
            if let answer = state.brokenStates["\(name)"] ?? state.brokenStates[name.id.name] { return answer }
            if state.world.isAlive(instance) { state.looks[name, default: 0] += 1 }
            return state.world.state(of: instance, isSettled: state.looks[name, default: 0] > unreadyLooks)
        }
    }

    /// As one that is told of nothing: the time itself is what is asked for.
    func awaitChange(of instances: [ResourceInstance], atMost limit: Duration) async throws {
        state.withLock { $0.watched.append(instances.map(\.resource.id.name).sorted()) }
        try await Task.sleep(for: limit)
    }

    func drift(of instances: [ResourceInstance]) async throws -> [Drift] {
        var found: [Drift] = []
        for instance in instances {
            let id = instance.resource.id
            found += state.withLock { $0.drifts["\(FakeWorld.Name(instance))"] } ?? []
            let isRunner = [.service, .worker].contains(id.kind)
            guard isRunner, try await observe(instance).progress == .failed else { continue }
            found.append(Drift(.processEnded, of: id, "its process has ended"))
        }
        return found
    }
}
