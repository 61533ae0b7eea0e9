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

    var plan: ProcessPlan
    var status: ProcessStatus
    var activity = Activity.none
    /// When the pause after an attempt is over; never, where only the whole group can be tried again.
    var restartAt: Milliseconds?
    /// What kinds of failure the last attempt was, if it was one.
    var cause = RetryCauses.any
    /// How many attempts there were when its group was last tried again.
    var earlierAttempts = 0
    /// When the first and the last attempt began, on the clock for deadlines.
    var firstStart: Milliseconds?
    var lastStart: Milliseconds = 0
    /// When the last attempt ended, on that clock.
    var lastEnd: Milliseconds = 0
    /// What keeps its limits; nil where it has none.
    var limits: ProcessLimits?
    var log: LogKeeper?
    /// Whether it is to end since the load does not ask for it any more.
    var isLeaving = false

    /// A cleanup that takes longer has gone wrong: `podman rm -f` needs less than a second, ten on a busy machine.
    static let cleanupLimit: Milliseconds = 30_000

    init(plan: ProcessPlan) {
        self.plan = plan
        log = LogKeeper(plan)
        status = ProcessStatus(name: plan.name)
    }

    var pid: Int32? {
        switch activity {
        case .none: nil
        case .process(let pid, _), .cleanup(let pid, _): pid
        }
    }

    /// Of the process itself, while that runs.
    var processPid: Int32? {
        if case .process(let pid, _) = activity { pid } else { nil }
    }

    var isIdle: Bool { pid == nil }

    /// Whether helpers of a container engine may still be at work on what it left; they have nothing to do for what has
    /// cleaned up itself.
    var hasHelpers: Bool { status.exit.map(plan.needsCleanup) ?? !plan.cleanup.isEmpty }

    /// When something must be done about it without any signal; nil when never.
    var deadline: Milliseconds? {
        switch activity {
        case .process(_, let killAt): [killAt, log?.checkAt].compactMap { $0 }.min()
        case .cleanup(_, let killAt): killAt
        case .none: isPaused && !isHeld ? restartAt : nil
        }
    }

    /// Whether its pause is over and nothing of it runs any more.
    func isDue(_ now: Milliseconds) -> Bool {
        isPaused && isIdle && (restartAt ?? 0) <= now
    }

    /// Whether it begins after a pause of its own or of its group.
    private var isPaused: Bool { status.state == .backoff || (status.state == .waiting && restartAt != nil) }

    /// Notes that an attempt has begun.
    mutating func noteStart(pid: Int32, startTime: UInt64?) {
        let now = Clock.now
        activity = .process(pid: pid, killAt: nil)
        firstStart = firstStart ?? now
        lastStart = now
        status.state = .running
        status.nextStartAt = nil
        status.pid = pid
        status.startTime = startTime
        status.attempts += 1
        status.startedAt = Clock.date
    }

    /// Notes that an attempt could not begin, which counts as one that ended at once.
    mutating func noteFailedStart(_ error: StartError, isStopping: Bool) {
        let now = Clock.now
        firstStart = firstStart ?? now
        lastStart = now
        status.nextStartAt = nil
        status.attempts += 1
        status.startedAt = Clock.date
        let cause: RetryCauses = error.isTransient ? [.error, .transient] : .error
        noteEnd(.notStarted(error.description), cause: cause, isStopping: isStopping)
    }

    /// Notes how an attempt ended, and decides what follows; the cause is only given where the end does not tell it.
    mutating func noteEnd(_ exit: ProcessStatus.Exit, cause: RetryCauses? = nil, isStopping: Bool) {
        let now = Clock.now
        lastEnd = now
        activity = .none
        status.pid = nil
        status.startTime = nil
        status.exit = exit
        status.finishedAt = Clock.date
        if now - lastStart >= ProcessStatus.settleTime { status.hasSettled = true }
        status.earlyEnds = now - lastStart >= RestartPolicy.healthyRun ? 0 : status.earlyEnds + 1
        self.cause = cause ?? RetryCauses(of: exit, isContained: !plan.cleanup.isEmpty)
        let decision = plan.restart.decision(
            isSuccess: exit == .code(0),
            cause: self.cause,
            attempts: status.attempts - earlierAttempts,
            earlyEnds: status.earlyEnds,
            elapsed: now - (firstStart ?? now)
        )
        switch decision {
        case .succeeded: status.state = .succeeded
        case .failed where isStopping: status.state = .stopped
        case .failed where plan.group != nil: holdForGroup()
        case .failed: status.state = .failed
        case .restart where isStopping: status.state = .stopped
        case .restart where isLeaving: rest()
        case .restart(let pause):
            status.state = .backoff
            restartAt = now + pause
            status.nextStartAt = Clock.date + pause
        }
    }

    /// Lets it be until the load asks for it.
    ///
    /// Its next start is a first one: that it has ended before was no failure of it.
    mutating func rest() {
        isLeaving = false
        (firstStart, restartAt) = (nil, nil)
        earlierAttempts = 0
        status = ProcessStatus(name: plan.name, state: .idle)
    }
}
