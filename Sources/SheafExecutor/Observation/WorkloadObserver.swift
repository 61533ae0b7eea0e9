import CLinux
import Glibc
import SheafModel
import SheafSupervision
import SheafSystem

/// How a service or a worker is now.
struct WorkloadObserver {
    let incarnation: Incarnation
    /// Services only: ready means that it accepts connections on all of them.
    let ports: [ServedPort]
    /// Which of the processes it is; the first where there is one only.
    var position = 0

    var state: ResourceState {
        let status = incarnation.files.status
        return state(of: status).with(status)
    }

    private func state(of status: SupervisorStatus?) -> ResourceState {
        let files = incarnation.files
        guard files.hasPlan else {
            return ResourceState(status: "deleted", progress: .failed, evidence: "there is nothing in \(files.folder)")
        }
        guard let status, status.processes.indices.contains(position) else {
            // Whoever starts it holds the lock until there is a status. A power cut can leave an incarnation without one.
            return incarnation.isLocked ? pending("not started yet") : notRunning
        }
        let process = status.processes[position]
        if status.phase == .notRun { return .active }
        if status.phase == .stopped || status.phase == .stopping {
            return failed(process, process.exit == nil ? "it was stopped" : nil)
        }
        guard Incarnation.supervisor(of: status) != nil else { return failed(process, "its supervisor has ended") }
        switch process.state {
        case .waiting: return pending("not started yet")
        case .idle: return pending("the load does not ask for it")
        case .running: return running(process)
        case .backoff where process.isCrashLooping: return crashLoop(process)
        case .backoff, .failed, .succeeded, .skipped, .stopped: return failed(process)
        }
    }

    private func running(_ process: ProcessStatus) -> ResourceState {
        let hasEnded = process.attempts > 1
        if isReady(process) {
            // A worker that only stayed up at a later attempt has ended before it was ready; that is forgiven in time.
            let isFailed =
                ports.isEmpty && hasEnded && !process.hasSettled && runtime(of: process) < RestartPolicy.healthyRun
            return ResourceState(
                status: "active",
                runtime: "running:1",
                progress: isFailed ? .failed : .ready,
                evidence: hasEnded ? "started \(process.attempts) times; \(ending(process))" : nil,
                pids: pids(process)
            )
        }
        if hasEnded { return failed(process) }
        // What is never ready says itself why, and nothing else does.
        let evidence = Evidence(files: incarnation.files).withLastWords(unreadiness, of: process)
        return pending(evidence, pids: pids(process))
    }

    private func isReady(_ process: ProcessStatus) -> Bool {
        if !ports.isEmpty { return ports.allSatisfy { isServed($0, by: process) } }
        return runtime(of: process) >= ProcessStatus.settleTime
    }

    /// How long it has been running.
    private func runtime(of process: ProcessStatus) -> Milliseconds {
        guard let startTime = process.startTime, startTime > 0 else { return 0 }
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        let ticks = max(sysconf(Int32(_SC_CLK_TCK)), 1)
        return Milliseconds(now.tv_sec) * 1000 + Milliseconds(now.tv_nsec) / 1_000_000
            - Milliseconds(startTime) * 1000 / Milliseconds(ticks)
    }

    /// A connection alone proves nothing: anybody may have taken the port.
    private func isServed(_ port: ServedPort, by process: ProcessStatus) -> Bool {
        // First, since it is refused at once while the service begins.
        guard PortProbe.accepts(port.outer), let supervisor,
            let plan = incarnation.files.plan?.processes.dropFirst(position).first
        else { return false }
        return switch plan.engine {
        case .podman: PortProbe.isServed(port.inner, below: supervisor.pid)
        // Containers of docker are no descendants of its client; there the connection has to do.
        case .docker: true
        case nil: PortProbe.isListening(on: port.outer, below: supervisor.pid, likely: process.pid)
        }
    }

    private var notRunning: ResourceState {
        ResourceState(status: "error", runtime: "pending:0/1", progress: .failed, evidence: "it does not run")
    }

    /// The state of one that runs and serves, and does not answer as the bundle wants it to.
    func notReady(because reason: String) -> ResourceState {
        let process = incarnation.files.status?.processes.dropFirst(position).first
        return pending(reason, pids: process.map(pids) ?? [])
    }

    private var unreadiness: String {
        let process = incarnation.files.status?.processes.dropFirst(position).first
        guard let port = ports.first(where: { port in process.map { !isServed(port, by: $0) } ?? true })?.outer else {
            return "started a moment ago"
        }
        return PortProbe.accepts(port) ? "port \(port) is served, but not by it" : "port \(port) refused"
    }

    private var supervisor: ProcessIdentity? { incarnation.supervisor }

    private func pending(_ evidence: String, pids: [Int32] = []) -> ResourceState {
        ResourceState(status: "pending", runtime: "pending:0/1", progress: .pending, evidence: evidence, pids: pids)
    }

    private func failed(_ process: ProcessStatus, _ reason: String? = nil) -> ResourceState {
        ResourceState(
            status: "error",
            runtime: "pending:0/1",
            progress: .failed,
            evidence: reason ?? ending(process),
            pids: pids(process)
        )
    }

    /// Its end, and when it is tried again.
    private func crashLoop(_ process: ProcessStatus) -> ResourceState {
        let loop = "\(process.earlyEnds) attempts in a row have ended early\(next(process))"
        var state = failed(process, "\(ending(process)); \(loop)")
        state.runtime = "crash-loop"
        return state
    }

    private func next(_ process: ProcessStatus) -> String {
        guard let start = process.nextStartAt else { return "" }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let left = start - Milliseconds(now.tv_sec) * 1000
        return ", the next starts in \(max(left + 999, 0) / 1000) s"
    }

    private func pids(_ process: ProcessStatus) -> [Int32] { process.pid.map { [$0] } ?? [] }

    private func ending(_ process: ProcessStatus) -> String { Evidence(files: incarnation.files).ending(of: process) }
}
