import SheafEngine
import SheafModel

/// Services and workers: one process that is meant to run for ever.
struct WorkloadController: ResourceController {
    let keeper: IncarnationKeeper

    /// Tells whether what a step replaces ran before it; without it, it is taken to have run.
    private static let ranFact = "workload.ran"

    func prepare(_ step: Step, resources: any ResourceDirectory) async throws -> [String: String] {
        let facts = try await facts(of: step)
        guard let after = step.added else { return facts }
        // After a crash a step may be prepared again although it was performed; what runs must not be touched.
        if try keeper.isMade(from: after), try await keeper.isAlive(after) { return facts }
        try await keeper.clear(after)
        let opened = try keeper.secrets.opened(after)
        let request = WorkloadRequest(instance: opened, spec: try opened.resource.decoded(WorkloadSpec.self), job: nil)
        try await keeper.render(after, [request], resources: resources, for: step) { request in
            guard let port = try request.port() else { return }
            if step.change.handsOver {
                // The proxy of docker is nobody's child here, and cannot be told from a stranger.
                guard ContainerEngine(on: keeper.host)?.kind != .docker else { return }
                try PortCheck.requireNoStranger(port, for: request.title, home: keeper.home)
            } else if try !hasPort(port, step.before) {
                try PortCheck.requireFree(port, for: request.title)
            }
        }
        return facts
    }

    /// What was found out of what the step replaces; what an earlier try has found stays.
    private func facts(of step: Step) async throws -> [String: String] {
        guard let before = step.replaced, step.facts[Self.ranFact] == nil else { return step.facts }
        return step.facts.merging([Self.ranFact: String(try await keeper.isAlive(before))]) { $1 }
    }

    func perform(_ step: Step) async throws {
        try keeper.accept(step)
        if step.change.handsOver, let before = step.replaced { try await keeper.stop(before) }
        guard let after = step.added else { return }
        try await start(after)
    }

    func revert(_ step: Step) async throws {
        if let after = step.added { try await keeper.undo(after) }
        // What had ended before the step is left as it was found.
        guard step.facts[Self.ranFact] != "false" else { return }
        // What has no folder any more did not run before the step either, as far as anybody can tell or mend.
        if let before = step.replaced, try keeper.canStart(before) { try await start(before) }
    }

    func finish(_ step: Step) async throws {
        if let before = step.replaced { try await keeper.remove(before) }
    }

    func observe(_ instance: ResourceInstance) async throws -> ResourceState {
        let spec = try instance.resource.decoded(WorkloadSpec.self)
        let request = WorkloadRequest(instance: instance, spec: spec, job: nil)
        let observer = WorkloadObserver(incarnation: keeper.incarnation(of: instance), port: try request.port())
        var state = observer.state
        if state.progress == .ready, let check = HealthCheck(of: observer.incarnation, on: keeper.host),
            let shortfall = await check.shortfall
        {
            (state.status, state.progress, state.evidence) = ("pending", .pending, shortfall)
        }
        state.location = location(of: request, port: observer.port)
        return state
    }

    private func start(_ instance: ResourceInstance) async throws {
        let specs = try keeper.secrets.startSpecs(of: instance) { [try $0.decoded(WorkloadSpec.self)] }
        if specs.contains(where: { $0.dryRun == true }) == true { return try keeper.markNotRun(instance) }
        try await keeper.start(instance, specs: specs)
    }

    /// Whether an incarnation has a port now.
    private func hasPort(_ port: Int, _ instance: ResourceInstance?) throws -> Bool {
        guard let instance else { return false }
        let spec = try instance.resource.decoded(WorkloadSpec.self)
        let request = WorkloadRequest(instance: instance, spec: spec, job: nil)
        return try request.port() == port && keeper.incarnation(of: instance).supervisor != nil
    }

    private func location(of request: WorkloadRequest, port: Int?) -> String? {
        port.map { port in
            request.stack == .steampipe ? "postgres://steampipe@127.0.0.1:\(port)/steampipe" : "127.0.0.1:\(port)"
        }
    }
}
