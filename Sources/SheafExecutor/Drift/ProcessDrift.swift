import SheafModel
import SheafSupervision

/// Finds whether a service or a worker runs as it was started.
struct ProcessDrift {
    let incarnation: Incarnation
    let home: ExecutorHome
    /// As its observer sees it.
    let state: ResourceState
    /// Of services only.
    let ports: [Int]

    private var resource: ResourceID { incarnation.resource }

    /// What does not run, and who has its port; what is only starting is as it should be.
    var findings: [Drift] {
        guard state.progress != .ready, incarnation.files.hasPlan else { return [] }
        return [processFinding, portFinding].compactMap(\.self)
    }

    private var processFinding: Drift? {
        guard let status = incarnation.files.status, let process = status.processes.first else {
            // The lock is taken before anything starts, and the status is the supervisor's first word.
            guard !incarnation.isLocked else { return nil }
            return Drift(.notStarted, of: resource, "nothing of it runs")
        }
        guard state.progress == .failed else { return nil }
        if status.phase == .stopped || status.phase == .stopping { return ended("it was stopped") }
        guard Incarnation.supervisor(of: status) != nil else {
            return Drift(.supervisorEnded, of: resource, "its supervisor has ended")
        }
        switch process.exit {
        case .code(let code): return ended("its process ended with exit code \(code)")
        case .signal(let number): return ended("its process ended with signal \(number)")
        case .notStarted: return ended("its process could not be started again")
        case nil: return ended("its process has ended")
        }
    }

    private func ended(_ message: String) -> Drift {
        Drift(.processEnded, of: resource, message, evidence: state.evidence)
    }

    private var portFinding: Drift? {
        // The engine's own proxy holds the port of a container, and may belong to another user.
        guard incarnation.files.plan?.processes.first?.engine != .docker else { return nil }
        let stranger = ports.lazy.compactMap { PortCheck.stranger(on: $0, home: home) }.first
        return stranger.map { Drift(.portTaken, of: resource, $0) }
    }
}
