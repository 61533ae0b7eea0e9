import SheafSupervision

/// The groups of jobs of a run that are tried again as a whole.
///
/// A job of a group that has failed for good is held: what needs it goes on waiting. Once nothing of the group can go on,
/// either all its jobs begin again, or the group has failed, and it is for the group around it to decide.
struct JobGroups {
    private struct Group {
        let plan: GroupPlan
        /// Places of its jobs, those of groups in it included.
        let members: [Int]
        /// Places of the groups in it, at any depth.
        let inner: [Int]
        var attempts = 1
        var firstStart: Milliseconds?
        /// Whether it will not be tried again, unless the one around it is.
        var hasFailed = false
    }

    private var groups: [Group] = []

    init(of plan: LaunchPlan) {
        var parents: [String: String] = [:]
        for group in plan.groups { parents[group.name] = group.parent }
        /// Whether a group is another one or in it.
        func isBelow(_ name: String?, _ top: String) -> Bool {
            var name = name
            while let current = name {
                if current == top { return true }
                name = parents[current]
            }
            return false
        }
        groups = plan.groups.map { group in
            Group(
                plan: group,
                members: plan.processes.indices.filter { isBelow(plan.processes[$0].group, group.name) },
                inner: plan.groups.indices.filter { isBelow(plan.groups[$0].parent, group.name) }
            )
        }
    }

    /// Lets groups begin again, or fail, of which no job can go on.
    ///
    /// - Parameters:
    ///   - members: All jobs of the run.
    ///   - isReady: Whether everything has succeeded that the job in a place needs.
    /// - Returns: The places of the jobs that wait again or have failed now, in order.
    mutating func settle(_ members: inout [Member], isReady: (Int) -> Bool) -> [Int] {
        var changed: Set<Int> = []
        // Those in others stand behind them, and are asked first.
        for place in groups.indices.reversed() where !groups[place].hasFailed {
            let jobs = groups[place].members
            guard jobs.contains(where: { members[$0].isHeld }),
                !jobs.contains(where: { members[$0].canGoOn(isReady: isReady($0)) })
            else { continue }
            changed.formUnion(decide(place, &members))
        }
        return changed.sorted()
    }

    /// - Returns: The places of the jobs whose state has changed.
    private mutating func decide(_ place: Int, _ members: inout [Member]) -> [Int] {
        let group = groups[place]
        let now = Clock.now
        let begin = group.firstStart ?? group.members.compactMap { members[$0].firstStart }.min() ?? now
        let held = group.members.filter { members[$0].isHeld }
        let decision = group.plan.restart.decision(
            isSuccess: false,
            cause: held.reduce(into: []) { $0.formUnion(members[$1].cause) },
            attempts: group.attempts,
            earlyEnds: 0,
            elapsed: now - begin
        )
        switch decision {
        case .restart(let pause):
            groups[place].attempts += 1
            groups[place].firstStart = begin
            for inner in group.inner {
                (groups[inner].attempts, groups[inner].firstStart, groups[inner].hasFailed) = (1, nil, false)
            }
            for member in group.members { members[member].beginAgain(at: now + pause) }
            return group.members
        case .failed, .succeeded:
            groups[place].hasFailed = true
            // The group around it has a word in it, too.
            guard group.plan.parent == nil else { return [] }
            for member in held { members[member].giveUp() }
            return held
        }
    }
}

extension Member {
    /// Whether it has failed for good, and only its whole group can be tried again.
    var isHeld: Bool { status.state == .backoff && restartAt == .max }

    fileprivate func canGoOn(isReady: Bool) -> Bool {
        guard isIdle else { return true }
        return switch status.state {
        case .running: true
        case .backoff: !isHeld
        // A pause of its group is not over yet, or what it needs has succeeded.
        case .waiting: restartAt != nil || isReady
        case .succeeded, .failed, .skipped, .stopped: false
        }
    }

    mutating func holdForGroup() {
        status.state = .backoff
        restartAt = .max
    }

    fileprivate mutating func beginAgain(at moment: Milliseconds) {
        status.state = .waiting
        restartAt = moment
        earlierAttempts = status.attempts
        (firstStart, status.earlyEnds) = (nil, 0)
    }

    fileprivate mutating func giveUp() {
        status.state = .failed
        restartAt = nil
    }
}
