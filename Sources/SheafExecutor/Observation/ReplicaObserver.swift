import SheafModel
import SheafSupervision

/// How all instances of a service or a worker are now, as one state.
struct ReplicaObserver {
    let incarnation: Incarnation
    /// Of the service as others know it; nil for workers.
    let port: Int?

    var state: ResourceState {
        let files = incarnation.files
        let ports = port == nil ? nil : files.ports
        let names = files.plan?.processes.map(\.name) ?? []
        let states = names.indices.map { position in
            let assigned = ports?.main(of: names[position])
            return WorkloadObserver(
                incarnation: incarnation,
                port: assigned ?? port,
                innerPort: assigned == nil ? nil : port,
                position: position
            ).state
        }
        // Without a plan there is nothing, which the first one says.
        guard let first = states.first else { return WorkloadObserver(incarnation: incarnation, port: port).state }
        return states.count == 1 ? first : joined(states, names)
    }

    private func joined(_ states: [ResourceState], _ names: [String]) -> ResourceState {
        let ready = states.count { $0.progress == .ready }
        let pids = states.flatMap(\.pids)
        // What nobody wants to run runs nowhere.
        if let idle = states.first, idle == .active { return idle }
        let worst = states.firstIndex { $0.progress == .failed } ?? states.firstIndex { $0.progress == .pending }
        guard let worst else {
            let notes = states.compactMap(\.evidence)
            return ResourceState(
                status: "active",
                runtime: "running:\(ready)",
                progress: .ready,
                evidence: notes.first,
                pids: pids
            )
        }
        var state = states[worst]
        state.runtime = ready == 0 ? "pending:0/\(states.count)" : "running:\(ready)"
        state.evidence = state.evidence.map { "\(names[worst]): \($0)" }
        state.pids = pids
        return state
    }
}
