import SheafEngine
import SheafModel

/// Services and workers: processes that are meant to run for ever, one for each instance.
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
        try checkPath(of: after)
        let ports = try await ports(for: opened)
        let requests = try requests(for: opened, ports)
        let scaling = try requests.first.flatMap { try scalingPlan(of: $0, replacing: step.replaced) }
        try await keeper.render(
            after,
            requests,
            scaling: scaling,
            resources: resources,
            for: step,
            ports: ports
        ) { request in
            _ = try request.port()
            for port in after.resource.hostPorts where !holdsPort(port, for: request.resource) {
                try require(port, for: request, step)
            }
        }
        return facts
    }

    /// That a port can be had, if not now then once the one that has it has ended.
    private func require(_ port: Int, for request: WorkloadRequest, _ step: Step) throws {
        if step.change.handsOver {
            // The proxy of docker is nobody's child here, and cannot be told from a stranger.
            guard ContainerEngine(on: keeper.host)?.kind != .docker else { return }
            try PortCheck.requireNoStranger(port, for: request.title, home: keeper.home)
        } else if !hasPort(port, step.before) {
            try PortCheck.requireFree(port, for: request.title, home: keeper.home)
        }
    }

    /// What was found out of what the step replaces; what an earlier try has found stays.
    private func facts(of step: Step) async throws -> [String: String] {
        guard let before = step.replaced, step.facts[Self.ranFact] == nil else { return step.facts }
        return step.facts.merging([Self.ranFact: String(try await keeper.isAlive(before))]) { $1 }
    }

    func perform(_ step: Step) async throws {
        try keeper.accept(step)
        if step.isInPlace { return try await publishAnew(step) }
        if endsOldFirst(step), let before = step.replaced { try await keeper.stop(before) }
        // A port that the gateway has must be free before a process can have it.
        if step.added.map({ !isFronted($0) }) ?? true { try await publishEarly(step) }
        guard let after = step.added else { return }
        try await start(after)
        if isFronted(after) { try await publishEarly(step) }
    }

    func revert(_ step: Step) async throws {
        try await publishBack(step)
        if let after = step.added { try await keeper.undo(after) }
        // What had ended before the step is left as it was found.
        guard step.facts[Self.ranFact] != "false" else { return }
        // What has no folder any more did not run before the step either, as far as anybody can tell or mend.
        if let before = step.replaced, try keeper.canStart(before) { try await start(before) }
    }

    func finish(_ step: Step) async throws {
        guard let before = step.replaced else { return }
        try await switchOver(from: before, to: step.after)
        try await keeper.remove(before)
    }

    func observe(_ instance: ResourceInstance) async throws -> ResourceState {
        let spec = try instance.resource.decoded(WorkloadSpec.self)
        let request = WorkloadRequest(instance: instance, spec: spec, job: nil)
        let instances = try InstanceObserver(keeper.incarnation(of: instance), of: request)
        var state = instances.state
        if state.progress == .ready, !state.pids.isEmpty,
            let shortfall = try await instances.shortfall(of: instance.resource.readiness, keeper: keeper)
        {
            state = shortfall
        }
        state.location = location(of: request, port: try request.port())
        return state
    }

    /// Starts what is live and does not run, whoever has ended it.
    ///
    /// - Returns: Whether it was started.
    /// - Throws: `ExecutorError` with `not-prepared` when its folder is incomplete or another's.
    func revive(_ instance: ResourceInstance) async throws -> Bool {
        guard try instance.resource.decoded(WorkloadSpec.self).dryRun != true, instance.resource.processCount > 0 else {
            return false
        }
        if instance.resource.id.kind == .service {
            let gateway = keeper.gateway
            try await BlockingCalls.run { try gateway.bringUp() }
        }
        guard try await !keeper.isAlive(instance) else { return false }
        guard try keeper.canStart(instance) else {
            throw ExecutorError(
                .notPrepared,
                "cannot start \(instance.resource.id) again: its files are gone or another's",
                hint: "apply its bundle once more: that makes them anew"
            )
        }
        // A supervisor that was killed may have left processes, also where its record is gone.
        try await keeper.stop(instance)
        try await start(instance)
        return true
    }

    private func start(_ instance: ResourceInstance) async throws {
        let specs = try keeper.secrets.startSpecs(of: instance) { [try $0.decoded(WorkloadSpec.self)] }
        let isWanted = instance.resource.processCount > 0
        if !isWanted || specs.contains(where: { $0.dryRun == true }) { return try keeper.markNotRun(instance) }
        try await keeper.start(instance, specs: specs)
    }

    /// Whether an incarnation has a port now.
    private func hasPort(_ port: Int, _ instance: ResourceInstance?) -> Bool {
        guard let instance else { return false }
        return instance.resource.hostPorts.contains(port) && keeper.incarnation(of: instance).supervisor != nil
    }

    private func location(of request: WorkloadRequest, port: Int?) -> String? {
        if let ingress = request.instance.resource.ingress, let port = keeper.gateway.ingressPort {
            return "http://127.0.0.1:\(port)\(ingress.path)"
        }
        return port.map { port in
            request.stack == .steampipe ? "postgres://steampipe@127.0.0.1:\(port)/steampipe" : "127.0.0.1:\(port)"
        }
    }
}
