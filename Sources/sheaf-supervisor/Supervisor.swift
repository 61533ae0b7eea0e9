import CLinux
import Glibc
import SheafSupervision
import SheafSystem

/// Starts the processes of a plan in their order, starts them again as their policies say, and ends them on request.
///
/// Everything happens in one thread that sleeps until a signal or a deadline comes. What happens in one turn of it costs
/// as much as the processes that it is about, however many there are besides.
struct Supervisor {
    let paths: IncarnationPaths
    /// How many processes may run at the same moment.
    let parallelism: Int
    var identity = ProcessIdentity(pid: 0, startTime: 0)
    var phase = SupervisorStatus.Phase.starting
    var members: [Member]
    var needs: ProcessNeeds
    /// Members that may start, in the order in which they do.
    var queue: StartQueue
    /// The processes that were started and are not collected yet, with their members.
    var living: [Int32: Int] = [:]
    /// Members that wait for their next attempt.
    var paused: Set<Int> = []
    /// Members that have ended for good, of which those that wait for them know nothing yet.
    var settled: [Int] = []
    /// How many members have not ended for good.
    var unfinished: Int
    var record: RunRecord
    var groups: JobGroups
    /// What is special about it as a run of a workflow; nil for all else.
    let run: RunInstruction?
    /// How many instances run by their load; nil where all do.
    var scaler: Scaler?
    /// When it must be durable what has ended.
    var syncAt: Milliseconds?
    /// When a record that could not be written is tried again.
    var writeAgainAt: Milliseconds?

    init(plan: LaunchPlan, paths: IncarnationPaths, run: RunInstruction? = nil) {
        self.paths = paths
        self.run = run
        groups = JobGroups(of: plan)
        parallelism = plan.parallelism ?? .max
        members = plan.processes.map(Member.init)
        needs = ProcessNeeds(plan.processes)
        queue = StartQueue(needs.roots)
        unfinished = plan.processes.count
        record = RunRecord(paths: paths, processCount: plan.processes.count)
        if let earlier = run?.earlier { takeOver(earlier) }
        if let scaling = plan.scaling { beginScaling(by: scaling) }
    }

    /// Runs until everything has ended; call it in the process that is to be the supervisor.
    ///
    /// - Parameter handshake: Is called once, with nil or with the reason why a first process could not be started.
    /// - Returns: The exit code.
    func run(handshake: (String?) -> Void) -> Int32 {
        var supervisor = self
        supervisor.identity = .current
        return supervisor.supervise(handshake: handshake)
    }

    private mutating func supervise(handshake: (String?) -> Void) -> Int32 {
        let signals = Signals()
        guard sheaf_become_subreaper() == 0 else {
            handshake("cannot adopt orphans: \(SystemError("prctl").reason)")
            return 1
        }
        makeLimits()
        shareMounts()
        // Before the first process, so that whoever must end this finds out whom to end.
        if let problem = beginRecord() {
            handshake(problem)
            return 1
        }
        if run?.earlier != nil { goOn() }
        if let scaler { announce(scaler.plan) }
        let problem = startFirst()
        if problem != nil { beginStop() }
        write()
        handshake(problem)
        loop(signals)
        sweep(signals)
        for member in members { member.limits?.group.remove() }
        if finalPhase == .succeeded { run?.order.discarded.forEach(FolderContent.remove) }
        phase = finalPhase
        while !endRecord(), phase != .stopped {
            // Without its outcome a run would look as if it had died; the record is worth waiting for.
            if signals.next(before: Clock.now + Self.writePause) == SIGTERM { break }
        }
        return problem == nil ? 0 : 1
    }

    private mutating func makeLimits() {
        let limited = members.indices.filter { members[$0].plan.memoryLimit != nil || members[$0].plan.cpuLimit != nil }
        guard !limited.isEmpty else { return }
        let host = ControlGroupHost()
        for index in limited {
            let plan = members[index].plan
            members[index].limits = ProcessLimits(for: plan, named: paths.groupName(of: plan.name), on: host)
        }
    }

    private mutating func loop(_ signals: Signals) {
        while unfinished > 0 || !living.isEmpty {
            let signal = signals.next(before: deadline)
            if signal == SIGTERM || signal == SIGINT { beginStop() }
            collectEnded()
            killStrays()
            meetDeadlines()
            if phase == .running {
                settle()
                scale()
                startDue()
            }
            write()
        }
    }

    private var deadline: Milliseconds? {
        let ofMembers = living.values.compactMap { members[$0].deadline } + paused.compactMap { members[$0].deadline }
        let ofScaling = phase == .running ? scaler?.deadline : nil
        return (ofMembers + [syncAt, writeAgainAt, ofScaling].compactMap { $0 }).min()
    }

    private var finalPhase: SupervisorStatus.Phase {
        if phase == .stopping, members.contains(where: { $0.status.state == .stopped }) { return .stopped }
        return members.allSatisfy { $0.status.state == .succeeded } ? .succeeded : .failed
    }
}
