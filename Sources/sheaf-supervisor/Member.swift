import SheafSupervision

/// One process of the plan as the supervisor sees it.
struct Member {
    /// What of it is alive.
    enum Activity {
        case none
        /// The process itself; killed at the deadline once a stop was asked for.
        case process(pid: Int32, killAt: Milliseconds?)
        /// Its cleanup, killed at the deadline.
        case cleanup(pid: Int32, killAt: Milliseconds)
    }

    let plan: ProcessPlan
    var status: ProcessStatus
    var activity = Activity.none
    /// When the pause after an attempt is over.
    var restartAt: Milliseconds?
    /// When the first and the last attempt began, on the clock for deadlines.
    var firstStart: Milliseconds?
    var lastStart: Milliseconds = 0
    /// How many attempts in a row ended early.
    var earlyEnds = 0

    /// A cleanup that takes longer has gone wrong: `podman rm -f` needs less than a second, ten on a busy machine.
    static let cleanupLimit: Milliseconds = 30_000

    init(plan: ProcessPlan) {
        self.plan = plan
        status = ProcessStatus(name: plan.name)
    }

    var pid: Int32? {
        switch activity {
        case .none: nil
        case .process(let pid, _), .cleanup(let pid, _): pid
        }
    }

    var isIdle: Bool { pid == nil }

    /// Whether helpers of a container engine may still be at work on what it left; they have nothing to do for what has
    /// cleaned up itself.
    var hasHelpers: Bool { status.exit.map(plan.needsCleanup) ?? !plan.cleanup.isEmpty }

    /// When something must be done about it without any signal; nil when never.
    var deadline: Milliseconds? {
        switch activity {
        case .process(_, let killAt): killAt
        case .cleanup(_, let killAt): killAt
        case .none: status.state == .backoff ? restartAt : nil
        }
    }

    /// Notes that an attempt has begun.
    mutating func noteStart(pid: Int32, startTime: UInt64?) {
        let now = Clock.now
        activity = .process(pid: pid, killAt: nil)
        firstStart = firstStart ?? now
        lastStart = now
        status.state = .running
        status.pid = pid
        status.startTime = startTime
        status.attempts += 1
        status.startedAt = Clock.date
    }

    /// Notes that an attempt could not begin, which counts as one that ended at once.
    mutating func noteFailedStart(_ reason: String, isStopping: Bool) {
        let now = Clock.now
        firstStart = firstStart ?? now
        lastStart = now
        status.attempts += 1
        status.startedAt = Clock.date
        noteEnd(.notStarted(reason), isStopping: isStopping)
    }

    /// Notes how an attempt ended, and decides what follows.
    mutating func noteEnd(_ exit: ProcessStatus.Exit, isStopping: Bool) {
        let now = Clock.now
        activity = .none
        status.pid = nil
        status.startTime = nil
        status.exit = exit
        status.finishedAt = Clock.date
        if now - lastStart >= ProcessStatus.settleTime { status.hasSettled = true }
        earlyEnds = now - lastStart >= RestartPolicy.healthyRun ? 0 : earlyEnds + 1
        let decision = plan.restart.decision(
            isSuccess: exit == .code(0),
            attempts: status.attempts,
            earlyEnds: earlyEnds,
            elapsed: now - (firstStart ?? now)
        )
        switch decision {
        case .succeeded: status.state = .succeeded
        case .failed: status.state = isStopping ? .stopped : .failed
        case .restart where isStopping: status.state = .stopped
        case .restart(let pause):
            status.state = .backoff
            restartAt = now + pause
        }
    }
}
