import SheafModel
import SheafSupervision

/// How a run of a workflow is now.
struct WorkflowObserver {
    let incarnation: Incarnation
    let isScheduled: Bool

    var state: ResourceState {
        let files = incarnation.files
        guard files.hasPlan else {
            return ResourceState(status: "deleted", progress: .failed, evidence: "there is nothing in \(files.folder)")
        }
        guard let status = files.lastStatus else {
            return ResourceState(
                status: "active",
                progress: isScheduled ? .ready : .pending,
                evidence: "not started yet"
            )
        }
        if !status.phase.isFinal, Incarnation.supervisor(of: status) == nil {
            // It may have ended well since the status was read; its last word is written before its end.
            // Whoever is about to go on with it holds the lock.
            let last = files.lastStatus ?? status
            return state(of: last, isSupervised: incarnation.isLocked).with(last)
        }
        return state(of: status, isSupervised: true).with(status)
    }

    private func state(of status: SupervisorStatus, isSupervised: Bool) -> ResourceState {
        switch status.phase {
        case .notRun: .active
        case .succeeded: ResourceState(status: "active", runtime: "succeeded", progress: .ready)
        case .failed: failed(status)
        case .stopped: failed(status, "the run was stopped")
        case .starting, .running, .stopping:
            isSupervised ? running(status) : failed(status, Self.interruption)
        }
    }

    private func running(_ status: SupervisorStatus) -> ResourceState {
        let failure = evidence(status)
        return ResourceState(
            status: "active",
            runtime: "running",
            // The other jobs go on, but the run as a whole cannot succeed any more.
            progress: failure == nil ? .pending : .failed,
            evidence: failure ?? progress(status),
            pids: status.processes.compactMap(\.pid)
        )
    }

    private func failed(_ status: SupervisorStatus, _ reason: String? = nil) -> ResourceState {
        ResourceState(
            status: "active",
            runtime: "failed",
            progress: .failed,
            evidence: evidence(status) ?? reason ?? "a job failed"
        )
    }

    private func evidence(_ status: SupervisorStatus) -> String? { Self.failure(in: status, files: incarnation.files) }

    /// What is said of a run whose supervisor was lost.
    private static let interruption =
        "the run was interrupted: its supervisor has ended; 'sheaf recover' goes on with it"

    /// Why the first job that failed for good did so; nil when none has.
    static func failure(in status: SupervisorStatus, files: IncarnationFiles) -> String? {
        status.processes.first { $0.state == .failed }.map { process in
            let attempts = process.attempts > 1 ? " after \(process.attempts) attempts" : ""
            return "job '\(process.name)' failed\(attempts): \(Evidence(files: files).ending(of: process))"
        }
    }

    private func progress(_ status: SupervisorStatus) -> String {
        let done = status.processes.count { $0.state == .succeeded }
        return "\(done) of \(status.processes.count) jobs have succeeded"
    }
}
