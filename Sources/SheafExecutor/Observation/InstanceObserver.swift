import SheafModel
import SheafSupervision

/// How all instances of a service or a worker are now, as one state.
struct InstanceObserver {
    private let incarnation: Incarnation
    /// What each of the instances was asked for, with the ports that it has.
    private let requests: [WorkloadRequest]
    private let observers: [WorkloadObserver]

    /// - Throws: `ExecutorError` with `missing-port` for a service without one.
    init(_ incarnation: Incarnation, of request: WorkloadRequest) throws {
        let ports = incarnation.files.ports
        // As long as there is no status nothing runs, which one of them says for all.
        let processes = incarnation.files.status?.processes ?? [ProcessStatus(name: IncarnationFiles.mainProcess)]
        self.incarnation = incarnation
        // Those that the load does not ask for are as good as not there.
        let used = processes.enumerated().filter { $1.state != .idle }
        requests = used.map { position, process in
            var request = request
            request.replica = processes.count > 1 ? position : nil
            request.assignedPorts = ports?.instances[process.name] ?? []
            return request
        }
        observers = try zip(used, requests).map { process, request in
            WorkloadObserver(incarnation: incarnation, ports: try request.ports(), position: process.offset)
        }
    }

    var state: ResourceState {
        let states = observers.map(\.state)
        guard states.count == 1, let only = states.first else { return joined(states) }
        return only
    }

    /// How they are where one of them does not answer as the bundle, or its image, wants it to; nil when all do.
    ///
    /// - Throws: `ExecutorError` with `invalid-value` for what is no duration.
    func shortfall(of rule: ReadinessRule?, keeper: IncarnationKeeper) async throws -> ResourceState? {
        for (request, observer) in zip(requests, observers) {
            if let check = HealthCheck(of: incarnation, request.replica, on: keeper.host, keeper.silence),
                let shortfall = await check.shortfall
            {
                return observer.notReady(because: shortfall)
            }
            guard let rule else { continue }
            let check = try ReadinessCheck(rule, of: request, incarnation: incarnation, keeper: keeper)
            if let shortfall = await check.shortfall { return observer.notReady(because: shortfall) }
        }
        return nil
    }

    private func joined(_ states: [ResourceState]) -> ResourceState {
        let ready = states.count { $0.progress == .ready }
        let pids = states.flatMap(\.pids)
        // What nobody wants to run runs nowhere.
        if let idle = states.first, idle == .active { return idle }
        let worst = states.firstIndex { $0.progress == .failed } ?? states.firstIndex { $0.progress == .pending }
        guard let worst else {
            let notes = states.compactMap(\.evidence)
            guard var state = states.first else { return .active }
            state.runtime = "running:\(ready)"
            (state.evidence, state.pids) = (notes.first, pids)
            return state
        }
        var state = states[worst]
        state.runtime = ready == 0 ? "pending:0/\(states.count)" : "running:\(ready)"
        state.evidence = state.evidence.map { "\(requests[worst].process): \($0)" }
        state.pids = pids
        return state
    }
}
