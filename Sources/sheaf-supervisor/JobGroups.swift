import SheafSupervision

/// The groups of jobs of a run that are tried again as a whole.
///
/// A job of a group that has failed for good is held: what needs it goes on waiting. Once nothing of the group can go on,
/// either all its jobs begin again, or the group has failed, and it is for the group around it to decide.
struct JobGroups {
    /// What becomes of a group, by the places of its jobs.
    enum Verdict {
        case again(jobs: [Int], at: Milliseconds)
        case failed(jobs: [Int])
    }

    private struct Group {
        let plan: GroupPlan
        /// Places of its jobs, those of groups in it included.
        let jobs: [Int]
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
                jobs: plan.processes.indices.filter { isBelow(plan.processes[$0].group, group.name) },
                inner: plan.groups.indices.filter { isBelow(plan.groups[$0].parent, group.name) }
            )
        }
    }

    var isEmpty: Bool { groups.isEmpty }

    /// What becomes of the first group of which no job can go on; nil when there is none.
    ///
    /// - Parameters:
    ///   - members: All jobs of the run.
    ///   - needs: Says which of them wait for others.
    /// - Returns: nil when all groups go on, or have been decided about.
    mutating func verdict(_ members: [Member], _ needs: ProcessNeeds) -> Verdict? {
        // Those in others stand behind them, and are asked first.
        for place in groups.indices.reversed() where !groups[place].hasFailed {
            let jobs = groups[place].jobs
            guard jobs.contains(where: { members[$0].isHeld }),
                !jobs.contains(where: { members[$0].canGoOn(isReleased: needs.isReleased($0)) }),
                let verdict = decide(place, members)
            else { continue }
            return verdict
        }
        return nil
    }

    /// - Returns: nil when the group around it has a word in it, too.
    private mutating func decide(_ place: Int, _ members: [Member]) -> Verdict? {
        let group = groups[place], held = group.jobs.filter { members[$0].isHeld }
        let now = Clock.now
        let begin = group.firstStart ?? group.jobs.compactMap { members[$0].firstStart }.min() ?? now
        let decision = group.plan.restart.decision(
            isSuccess: false,
            cause: held.reduce(into: []) { $0.formUnion(members[$1].cause) },
            attempts: group.attempts,
            earlyEnds: 0,
            elapsed: now - begin
        )
        guard case .restart(let pause) = decision else {
            groups[place].hasFailed = true
            return group.plan.parent == nil ? .failed(jobs: held) : nil
        }
        groups[place].attempts += 1
        groups[place].firstStart = begin
        for inner in group.inner {
            (groups[inner].attempts, groups[inner].firstStart, groups[inner].hasFailed) = (1, nil, false)
        }
        return .again(jobs: group.jobs, at: now + pause)
    }
}

extension Member {
    /// Whether it has failed for good, and only its whole group can be tried again.
    var isHeld: Bool { status.state == .backoff && restartAt == .max }

    /// Whether something will become of it without its group.
    fileprivate func canGoOn(isReleased: Bool) -> Bool {
        guard isIdle else { return true }
        return switch status.state {
        case .running: true
        case .backoff: !isHeld
        case .waiting: isReleased
        case .idle, .succeeded, .failed, .skipped, .stopped: false
        }
    }

    mutating func holdForGroup() {
        status.state = .backoff
        restartAt = .max
    }

    mutating func beginAgain() {
        status.state = .waiting
        status.earlyEnds = 0
        earlierAttempts = status.attempts
        (firstStart, restartAt) = (nil, nil)
    }

    mutating func giveUp() {
        status.state = .failed
        restartAt = nil
    }
}
