import Glibc
import SheafSupervision
import SheafSystem

extension Supervisor {
    /// How long helpers of a container engine may take to go by themselves after the cleanup.
    private static let helperTime: Milliseconds = 1000
    /// How long killed processes may take to disappear; one that waits for a dead disk never does.
    static let sweepTime: Milliseconds = 5000

    /// Asks everything that runs to end, and lets nothing else start.
    mutating func beginStop() {
        guard phase == .running else { return }
        phase = .stopping
        record.note(.phase(phase))
        for index in members.indices.reversed() {
            switch (members[index].status.state, members[index].activity) {
            case (.running, .process(let pid, _)):
                kill(-pid, members[index].plan.stopSignal)
                members[index].activity = .process(pid: pid, killAt: Clock.now + members[index].plan.grace)
            case (.waiting, _), (.backoff, _), (.idle, _):
                members[index].status.state = .stopped
                members[index].status.nextStartAt = nil
                noteEnd(of: index)
            default: continue
            }
        }
        paused = []
    }

    /// Takes in all that has ended since the last turn.
    mutating func collectEnded() {
        while let (pid, exit) = ChildProcess.collect(isLeader: { living[$0] != nil }) {
            // Adopted strays belong to no member; they are collected and that is all.
            guard let index = living.removeValue(forKey: pid) else { continue }
            switch members[index].activity {
            case .process:
                endGroup(of: index)
                members[index].noteEnd(exit, isStopping: phase == .stopping)
                noteEnd(of: index)
                if members[index].plan.needsCleanup(after: exit) { beginCleanup(index) }
            case .cleanup, .none: members[index].activity = .none
            }
        }
    }

    /// Whether all children are of one process, so that what is left when it has ended belongs to no other.
    ///
    /// Jobs of a run cannot be told apart by what they leave; that goes at the end of the run. What a container engine
    /// leaves is for its cleanup.
    var killsStrays: Bool { members.count == 1 && members[0].plan.cleanup.isEmpty }

    /// Kills what a process has left behind that is to be started again: nothing of it may run twice.
    mutating func killStrays() {
        guard killsStrays, living.isEmpty, unfinished > 0, ChildProcess.areThereAny else { return }
        for pid in ProcessTable.children(of: identity.pid) { kill(pid, SIGKILL) }
    }

    private mutating func endGroup(of index: Int) {
        guard let limits = members[index].limits else { return }
        members[index].status.outOfMemory = limits.group.hasRunOutOfMemory ? members[index].plan.memoryLimit : nil
        limits.group.killAll()
    }

    private mutating func beginCleanup(_ index: Int) {
        let plan = members[index].plan
        guard !plan.cleanup.isEmpty else { return }
        // A cleanup that cannot start leaves what the executor's own cleanup removes when it stops the incarnation.
        let words = plan.cleanup
        guard let pid = try? ChildProcess.start(plan, arguments: words, marker: paths.marker, limits: plan.limits)
        else {
            return
        }
        members[index].activity = .cleanup(pid: pid, killAt: Clock.now + Member.cleanupLimit)
        living[pid] = index
    }

    /// Notes that a member has ended, for good or until its next attempt.
    mutating func noteEnd(of index: Int) {
        noteChange(of: index)
        if syncAt == nil { syncAt = Clock.now + Self.syncTime }
        guard members[index].status.state.isFinal else {
            if members[index].status.state == .backoff { paused.insert(index) }
            return
        }
        unfinished -= 1
        settled.append(index)
    }

    /// Kills what has had its time.
    mutating func meetDeadlines() {
        let now = Clock.now
        for index in living.values {
            if let log = members[index].log, log.checkAt <= now { members[index].log?.check() }
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
    }

    /// Kills whatever the processes left behind, until this process has no children any more.
    func sweep(_ signals: Signals) {
        let hasHelpers = members.contains(where: \.hasHelpers)
        let killAt = Clock.now + (hasHelpers ? Self.helperTime : 0)
        let end = killAt + Self.sweepTime
        while true {
            while ChildProcess.collect(isLeader: { _ in false }) != nil {}
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
