import SheafSupervision
import SheafSystem

// What only runs of workflows have: groups of jobs that begin again together, and supervisors that were lost.
extension Supervisor {
    /// Lets groups begin again, or fail, of which no job can go on.
    ///
    /// - Returns: Whether there was one.
    mutating func settleGroups() -> Bool {
        guard !groups.isEmpty, phase == .running, paused.contains(where: { members[$0].isHeld }) else { return false }
        var hasChanged = false
        while let verdict = groups.verdict(members, needs) {
            hasChanged = true
            switch verdict {
            case .again(let jobs, let moment):
                for job in jobs { beginAgain(job) }
                for job in jobs where members[job].status.state == .waiting && needs.isReleased(job) {
                    members[job].restartAt = moment
                    paused.insert(job)
                }
            case .failed(let jobs):
                for job in jobs {
                    paused.remove(job)
                    members[job].giveUp()
                    noteEnd(of: job)
                }
                settle()
            }
        }
        return hasChanged
    }

    private mutating func beginAgain(_ job: Int) {
        switch members[job].status.state {
        case .succeeded:
            needs.retract(job)
            unfinished += 1
        case .backoff: paused.remove(job)
        // What something outside of the group keeps from running will never run.
        case .waiting, .running, .idle, .failed, .skipped, .stopped: return
        }
        members[job].beginAgain()
        noteChange(of: job)
    }

    /// Takes over how far an earlier supervisor had come.
    mutating func takeOver(_ earlier: SupervisorStatus) {
        let places = Dictionary(
            members.enumerated().map { ($1.plan.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        for process in earlier.processes {
            guard let place = places[process.name] else { continue }
            members[place].goOn(from: process)
        }
        queue = StartQueue(needs.roots.filter { members[$0].status.state == .waiting })
        for place in members.indices {
            if members[place].status.state.isFinal {
                unfinished -= 1
                settled.append(place)
            } else if members[place].status.state == .backoff {
                paused.insert(place)
            }
        }
    }

    /// Starts what may run of a run that another supervisor began; what cannot be started fails, as later in every run.
    mutating func goOn() {
        settle()
        startDue()
    }
}
