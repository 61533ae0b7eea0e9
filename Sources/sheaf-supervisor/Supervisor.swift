import CLinux
import Glibc
import SheafSupervision
import SheafSystem

/// Starts the processes of a plan in their order, starts them again as their policies say, and ends them on request.
///
/// Everything happens in one thread that sleeps until a signal or a deadline comes.
struct Supervisor {
    private let paths: IncarnationPaths
    private let identity: ProcessIdentity
    private var members: [Member]
    private var phase = SupervisorStatus.Phase.starting
    /// When a status that could not be written is tried again.
    private var writeAgainAt: Milliseconds?

    /// Between attempts to write a status on a full disk.
    private static let writePause: Milliseconds = 1000
    /// How long helpers of a container engine may take to go by themselves after the cleanup.
    private static let helperTime: Milliseconds = 1000
    /// How long killed processes may take to disappear; one that waits for a dead disk never does.
    private static let sweepTime: Milliseconds = 5000

    init(plan: LaunchPlan, paths: IncarnationPaths) {
        self.paths = paths
        members = plan.processes.map(Member.init)
        identity = ProcessIdentity(pid: 0, startTime: 0)
    }

    private init(of supervisor: Supervisor) {
        paths = supervisor.paths
        members = supervisor.members
        identity = .current
    }

    /// Runs until everything has ended; call it in the process that is to be the supervisor.
    ///
    /// - Parameter handshake: Is called once, with nil or with the reason why a first process could not be started.
    /// - Returns: The exit code.
    func run(handshake: (String?) -> Void) -> Int32 {
        var supervisor = Supervisor(of: self)
        return supervisor.supervise(handshake: handshake)
    }

    private mutating func supervise(handshake: (String?) -> Void) -> Int32 {
        let signals = Signals()
        guard sheaf_become_subreaper() == 0 else {
            handshake("cannot adopt orphans: \(SystemError("prctl").reason)")
            return 1
        }
        // The first status is written before the first process, so that whoever must end this finds out whom to end.
        if let problem = write(isSynced: true) {
            handshake(problem)
            return 1
        }
        phase = .running
        let problem = startFirst()
        if problem != nil { beginStop() }
        write(isSynced: true)
        handshake(problem)
        loop(signals)
        sweep(signals)
        phase = finalPhase
        while write(isSynced: true) != nil, phase != .stopped {
            // Without its outcome a run would look as if it had died; the record is worth waiting for.
            if signals.next(before: Clock.now + Self.writePause) == SIGTERM { break }
        }
        return problem == nil ? 0 : 1
    }

    private mutating func loop(_ signals: Signals) {
        while !members.allSatisfy({ $0.status.state.isFinal && $0.isIdle }) {
            let signal = signals.next(before: deadline)
            if signal == SIGTERM || signal == SIGINT { beginStop() }
            collectEnded()
            meetDeadlines()
            if phase == .running { startDue() }
        }
    }

    private var deadline: Milliseconds? {
        (members.map(\.deadline) + [writeAgainAt]).compactMap { $0 }.min()
    }

    private var finalPhase: SupervisorStatus.Phase {
        if phase == .stopping, members.contains(where: { $0.status.state == .stopped }) { return .stopped }
        return members.allSatisfy { $0.status.state == .succeeded } ? .succeeded : .failed
    }
}

// Starting
extension Supervisor {
    /// - Returns: Why a process without dependencies could not be started; nil when all of them run.
    private mutating func startFirst() -> String? {
        for index in members.indices where members[index].plan.dependencies.isEmpty {
            if let problem = start(index) { return problem }
        }
        return nil
    }

    /// Starts what waits for nothing any more, and skips what waits in vain; repeats as that frees others.
    private mutating func startDue() {
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for index in members.indices {
                switch members[index].status.state {
                case .waiting:
                    switch readiness(of: members[index]) {
                    case .pending: continue
                    case .ready: start(index)
                    case .hopeless: members[index].status.state = .skipped
                    }
                    hasChanged = true
                case .backoff where members[index].isIdle && (members[index].restartAt ?? 0) <= Clock.now:
                    start(index)
                case .backoff, .running, .succeeded, .failed, .skipped, .stopped: continue
                }
                write(isSynced: members[index].status.state.isFinal)
            }
        }
    }

    private enum Readiness { case pending, ready, hopeless }

    private func readiness(of member: Member) -> Readiness {
        let states = members.filter { member.plan.dependencies.contains($0.plan.name) }.map(\.status.state)
        if states.allSatisfy({ $0 == .succeeded }) { return .ready }
        return states.contains { $0 == .failed || $0 == .skipped || $0 == .stopped } ? .hopeless : .pending
    }

    @discardableResult
    private mutating func start(_ index: Int) -> String? {
        let plan = members[index].plan
        do throws(StartError) {
            let pid = try ChildProcess.start(plan, arguments: plan.arguments, marker: paths.marker)
            members[index].noteStart(pid: pid, startTime: ProcessIdentity(of: pid)?.startTime)
            return nil
        } catch {
            members[index].noteFailedStart(error.description, isStopping: phase == .stopping)
            return error.description
        }
    }
}

// Ending
extension Supervisor {
    private mutating func beginStop() {
        guard phase == .running else { return }
        phase = .stopping
        for index in members.indices.reversed() {
            switch (members[index].status.state, members[index].activity) {
            case (.running, .process(let pid, _)):
                kill(-pid, members[index].plan.stopSignal)
                members[index].activity = .process(pid: pid, killAt: Clock.now + members[index].plan.grace)
            case (.waiting, _), (.backoff, _): members[index].status.state = .stopped
            default: continue
            }
        }
        write(isSynced: false)
    }

    private mutating func collectEnded() {
        while let (pid, exit) = ChildProcess.collect(leaders: members.compactMap(\.pid)) {
            // Adopted strays belong to no member; they are collected and that is all.
            guard let index = members.firstIndex(where: { $0.pid == pid }) else { continue }
            switch members[index].activity {
            case .process:
                members[index].noteEnd(exit, isStopping: phase == .stopping)
                // The outcome must be durable before anything builds on it.
                write(isSynced: true)
                if members[index].plan.needsCleanup(after: exit) { beginCleanup(index) }
            case .cleanup, .none: members[index].activity = .none
            }
        }
    }

    private mutating func beginCleanup(_ index: Int) {
        let plan = members[index].plan
        guard !plan.cleanup.isEmpty else { return }
        // A cleanup that cannot start leaves what the executor's own cleanup removes when it stops the incarnation.
        guard let pid = try? ChildProcess.start(plan, arguments: plan.cleanup, marker: paths.marker) else { return }
        members[index].activity = .cleanup(pid: pid, killAt: Clock.now + Member.cleanupLimit)
    }

    private mutating func meetDeadlines() {
        let now = Clock.now
        for index in members.indices {
            switch members[index].activity {
            case .process(let pid, let killAt?) where killAt <= now:
                kill(-pid, SIGKILL)
                members[index].activity = .process(pid: pid, killAt: nil)
            case .cleanup(let pid, let killAt) where killAt <= now:
                kill(-pid, SIGKILL)
                members[index].activity = .cleanup(pid: pid, killAt: .max)
            default: continue
            }
        }
        if let writeAgainAt, writeAgainAt <= now { write(isSynced: true) }
    }

    /// Kills whatever the processes left behind, until this process has no children any more.
    private func sweep(_ signals: Signals) {
        let hasHelpers = members.contains(where: \.hasHelpers)
        let killAt = Clock.now + (hasHelpers ? Self.helperTime : 0)
        let end = killAt + Self.sweepTime
        while true {
            while ChildProcess.collect(leaders: []) != nil {}
            // Asking is quick; only where there are children all processes are gone through to find them.
            guard ChildProcess.areThereAny else { return }
            let left = ProcessTable.children(of: identity.pid)
            let now = Clock.now
            guard !left.isEmpty, now < end else { return }
            if now >= killAt { for pid in left { kill(pid, SIGKILL) } }
            // Orphans of the killed ones arrive here as these end, each with a signal.
            _ = signals.next(before: now < killAt ? killAt : end)
        }
    }
}

// Telling
extension Supervisor {
    /// - Returns: Why the status could not be written; it is tried again later then.
    @discardableResult
    private mutating func write(isSynced: Bool) -> String? {
        let status = SupervisorStatus(
            phase: phase,
            supervisorPid: identity.pid,
            supervisorStartTime: identity.startTime,
            processes: members.map(\.status)
        )
        do throws(SystemError) {
            try DurableFile.write(status.encoded(), to: paths.status, isSynced: isSynced)
            writeAgainAt = nil
            return nil
        } catch {
            // The processes matter more than their record: they go on, and the record is tried again.
            writeAgainAt = Clock.now + Self.writePause
            return error.description
        }
    }
}
