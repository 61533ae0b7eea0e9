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
    ///   - isReady: Whether a job that waits can be started.
    /// - Returns: Whether the state of a job has changed.
    mutating func settle(_ members: inout [Member], isReady: (Member) -> Bool) -> Bool {
        var hasChanged = false
        // Those in others stand behind them, and are asked first.
        for place in groups.indices.reversed() where !groups[place].hasFailed {
            let jobs = groups[place].members.map { members[$0] }
            guard jobs.contains(where: \.isHeld), !jobs.contains(where: { $0.canGoOn(isReady: isReady($0)) }) else {
                continue
            }
            hasChanged = decide(place, &members) || hasChanged
        }
        return hasChanged
    }

    private mutating func decide(_ place: Int, _ members: inout [Member]) -> Bool {
        let group = groups[place]
        let now = Clock.now
        let begin = group.firstStart ?? group.members.compactMap { members[$0].firstStart }.min() ?? now
        let causes = group.members.map { members[$0] }.filter(\.isHeld).map(\.cause)
        let decision = group.plan.restart.decision(
            isSuccess: false,
            cause: causes.reduce(into: []) { $0.formUnion($1) },
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
            return true
        case .failed, .succeeded:
            groups[place].hasFailed = true
            // The group around it has a word in it, too.
            guard group.plan.parent == nil else { return false }
            for member in group.members where members[member].isHeld { members[member].giveUp() }
            return true
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
        (firstStart, earlyEnds) = (nil, 0)
    }

    fileprivate mutating func giveUp() {
        status.state = .failed
        restartAt = nil
    }

    /// Ends the pause of its group once it is over.
    mutating func meetPause() {
        if status.state == .waiting, let moment = restartAt, moment <= Clock.now { restartAt = nil }
    }
}
