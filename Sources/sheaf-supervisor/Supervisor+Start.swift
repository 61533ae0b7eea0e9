import Glibc
import SheafSupervision
import SheafSystem

extension Supervisor {
    /// Starts as many as may run at once of those that wait for nothing.
    ///
    /// - Returns: Why one of them could not be started; nil when all of them run.
    mutating func startFirst() -> String? {
        while living.count < parallelism, let index = queue.removeFirst() {
            if let problem = start(index) { return problem }
        }
        // The last job of a group that could go on may have been one that could not be started.
        settle()
        return nil
    }

    /// Starts what waits for nothing any more, as far as there is room.
    mutating func startDue() {
        let now = Clock.now
        for index in paused.sorted() where members[index].isDue(now) {
            if isLeavingStrays(index, now) {
                members[index].restartAt = now + Self.strayPause
                continue
            }
            paused.remove(index)
            members[index].restartAt = nil
            queue.append(index)
        }
        while living.count < parallelism, let index = queue.removeFirst() {
            start(index)
            // What could not be started may have been the last that others wait for.
            settle()
        }
    }

    @discardableResult
    private mutating func start(_ index: Int) -> String? {
        let plan = members[index].plan
        members[index].log?.noteStart()
        let groups = members[index].limits?.group.noteStart() ?? []
        defer { for group in groups { close(group) } }
        do throws(StartError) {
            let pid = try ChildProcess.start(
                plan,
                arguments: plan.arguments,
                marker: paths.marker,
                limits: plan.limits + (members[index].limits?.resources ?? []),
                groups: groups
            )
            // Only what is meant to stay has to be told from a later process with its number.
            let startTime = plan.restart == .always ? ProcessIdentity(of: pid)?.startTime : nil
            members[index].noteStart(pid: pid, startTime: startTime)
            living[pid] = index
            noteChange(of: index)
            return nil
        } catch {
            members[index].noteFailedStart(error, isStopping: phase == .stopping)
            noteEnd(of: index)
            // A job that is tried again has not failed yet.
            if plan.restart != .always, members[index].status.state == .backoff { return nil }
            return error.description
        }
    }

    /// Between looks whether what a process has left behind is gone.
    private static let strayPause: Milliseconds = 100

    /// Whether something is left of the attempt before, so that the next one would run beside it.
    ///
    /// It was killed, and will never again run a line of its own; one that waits for a dead disk stays for ever, though.
    private func isLeavingStrays(_ index: Int, _ now: Milliseconds) -> Bool {
        killsStrays && ChildProcess.areThereAny && now - members[index].lastEnd < Self.sweepTime
    }

    /// Lets those start that wait for nothing any more, skips what waits in vain, and decides about groups that cannot
    /// go on.
    mutating func settle() {
        repeat { releaseDependants() } while settleGroups()
    }

    private mutating func releaseDependants() {
        // The outcome must be durable before anything builds on it.
        if settled.contains(where: { !needs.dependants[$0].isEmpty }) { write(isSynced: true) }
        var position = 0
        while position < settled.count {
            let index = settled[position]
            position += 1
            if members[index].status.state == .succeeded {
                for next in needs.release(index) where members[next].status.state == .waiting { queue.append(next) }
                continue
            }
            for next in needs.dependants[index] where members[next].status.state == .waiting {
                members[next].status.state = .skipped
                noteEnd(of: next)
            }
        }
        settled = []
    }

    /// - Returns: Whether anything has changed.
    private mutating func settleGroups() -> Bool {
        let changed = groups.settle(&members) { [needs] in needs.isMet($0) }
        guard !changed.isEmpty else { return false }
        recount()
        for index in changed {
            paused.remove(index)
            guard members[index].status.state == .waiting else {
                noteEnd(of: index)
                continue
            }
            noteChange(of: index)
            // What begins with the others waits for the pause of the group, and all else for what it needs.
            if needs.isMet(index) { paused.insert(index) } else { members[index].restartAt = nil }
        }
        unfinished = members.count { !$0.status.state.isFinal }
        return true
    }

    /// Finds anew what each still waits for.
    private mutating func recount() {
        let states = members.map(\.status.state)
        needs.recount { states[$0] == .succeeded }
    }
}

// Going on with the run of a supervisor that was lost
extension Supervisor {
    /// Takes in how far the run had come.
    mutating func takeOver(_ earlier: SupervisorStatus) {
        let places = Dictionary(members.enumerated().map { ($1.plan.name, $0) }, uniquingKeysWith: { first, _ in first })
        for process in earlier.processes {
            if let index = places[process.name] { members[index].goOn(from: process) }
        }
        recount()
        queue = StartQueue(members.indices.filter { members[$0].status.state == .waiting && needs.isMet($0) })
        paused = Set(members.indices.filter { members[$0].status.state == .backoff })
        // What has succeeded is counted already; what waits for others in vain is still to be skipped.
        settled = members.indices.filter {
            members[$0].status.state.isFinal && members[$0].status.state != .succeeded
        }
        unfinished = members.count { !$0.status.state.isFinal }
    }

    /// Starts what may run; what cannot be started fails, as later in every run.
    mutating func goOn() -> String? {
        settle()
        startDue()
        return nil
    }
}
