import SheafEngine
import SheafModel
import Synchronization

/// An executor whose world is a value: which incarnations run, and which were prepared.
///
/// It stands for the local executor, whose own tests and the crash tests cover the same contract with real processes.
final class FakeExecutor: Executor {
    struct World: Hashable, Sendable {
        var prepared: Set<String> = []
        var running: Set<String> = []
    }

    struct Failure: SheafError {
        let message: String
        var code: String { "executor.fake" }
        var hint: String? { "try something else" }
        var failureClass: FailureClass { .refused }
    }

    enum Call: Hashable, Sendable {
        case prepare(String), perform(String), revert(String), finish(String), observe(String)
    }

    private struct State {
        var world: World
        var calls: [Call] = []
        /// As they were prepared.
        var steps: [Step] = []
        var failing: Set<Call> = []
        var brokenStates: [String: ResourceState] = [:]
        /// What has changed under Sheaf, by incarnation.
        var drifts: [String: [Drift]] = [:]
    }

    private let state: Mutex<State>
    /// Called before and after each call that changes the world.
    private let onChange: @Sendable (World) throws -> Void

    init(world: World = World(), onChange: @escaping @Sendable (World) throws -> Void = { _ in }) {
        state = Mutex(State(world: world))
        self.onChange = onChange
    }

    var world: World { state.withLock(\.world) }
    var steps: [Step] { state.withLock(\.steps) }
    var calls: [Call] { state.withLock(\.calls) }

    func fail(_ call: Call) { state.withLock { _ = $0.failing.insert(call) } }
    func mend() {
        state.withLock {
            $0.failing = []; $0.brokenStates = [:]
        }
    }
    func answer(_ name: String, _ answer: ResourceState) { state.withLock { $0.brokenStates[name] = answer } }

    func drift(_ name: String, _ drift: Drift) { state.withLock { $0.drifts[name, default: []].append(drift) } }

    private func name(_ instance: ResourceInstance) -> String { "\(instance.resource.id.name)@\(instance.generation)" }

    private func change(_ call: Call, _ body: (inout World) -> Void) throws {
        try onChange(world)
        try state.withLock { state in
            state.calls.append(call)
            if state.failing.contains(call) { throw Failure(message: "\(call) fails") }
            body(&state.world)
        }
        try onChange(world)
    }

    func prepare(_ step: Step, resources: any ResourceDirectory) async throws -> [String: String] {
        try change(.prepare(step.change.resource.name)) { world in
            if let after = step.after { world.prepared.insert(name(after)) }
        }
        state.withLock { $0.steps.append(step) }
        return ["prepared": "yes"]
    }

    func perform(_ step: Step) async throws {
        try change(.perform(step.change.resource.name)) { world in
            if step.change.handsOver, let before = step.before { world.running.remove(name(before)) }
            if let after = step.after { world.running.insert(name(after)) }
        }
    }

    func revert(_ step: Step) async throws {
        try change(.revert(step.change.resource.name)) { world in
            if let after = step.after {
                world.running.remove(name(after))
                world.prepared.remove(name(after))
            }
            if let before = step.before { world.running.insert(name(before)) }
        }
    }

    func finish(_ step: Step) async throws {
        try change(.finish(step.change.resource.name)) { world in
            if let before = step.before {
                world.running.remove(name(before))
                world.prepared.remove(name(before))
            }
        }
    }

    func startRun(of instance: ResourceInstance) async throws {
        try change(.perform(instance.resource.id.name)) { _ = $0.running.insert(name(instance)) }
    }

    func observe(_ instance: ResourceInstance) async throws -> ResourceState {
        let id = name(instance)
        return state.withLock { state in
            if let answer = state.brokenStates[id] ?? state.brokenStates[instance.resource.id.name] { return answer }
            return state.world.running.contains(id)
                ? ResourceState(status: "active", runtime: "running:1", progress: .ready)
                : ResourceState(status: "pending", progress: .pending)
        }
    }

    func drift(of instances: [ResourceInstance]) async throws -> [Drift] {
        var found: [Drift] = []
        for instance in instances {
            let id = instance.resource.id
            found += state.withLock { $0.drifts[name(instance)] } ?? []
            let isRunner = [.service, .worker].contains(id.kind)
            guard isRunner, try await observe(instance).progress == .failed else { continue }
            found.append(Drift(.processEnded, of: id, "its process has ended"))
        }
        return found
    }
}
