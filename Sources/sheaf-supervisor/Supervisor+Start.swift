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
        if !groups.isEmpty { startDue() }
        return nil
    }

    /// Starts what waits for nothing any more, as far as there is room.
    mutating func startDue() {
        repeat {
            let now = Clock.now
            for index in paused.sorted() where members[index].isDue(now) {
                if isLeavingStrays(index, now) {
                    members[index].restartAt = now + Self.strayPause
                    continue
                }
                paused.remove(index)
                queue.append(index)
            }
            while living.count < parallelism, let index = queue.removeFirst() {
                start(index)
                // What could not be started may have been the last that others wait for.
                settle()
            }
        } while settleGroups()
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

    /// Lets those start that wait for nothing any more, and skips what waits in vain.
    mutating func settle() {
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
}
