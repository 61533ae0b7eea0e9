/// What a supervisor knows of its incarnation: the content of `run/status`, with the changes in `run/changes` since then.
package struct SupervisorStatus: Hashable, Sendable {
    /// How the incarnation as a whole is.
    package enum Phase: String, Hashable, Sendable, CaseIterable {
        /// The first processes are being started.
        case starting
        case running
        /// A stop was asked for and is under way.
        case stopping
        /// Everything was ended on request.
        case stopped
        /// Every process has succeeded.
        case succeeded
        /// Every process has ended, and one failed for good.
        case failed
        /// There never was a supervisor: the incarnation is kept without being run.
        case notRun = "not-run"

        /// Whether nothing will change any more.
        package var isFinal: Bool {
            switch self {
            case .starting, .running, .stopping: false
            case .stopped, .succeeded, .failed, .notRun: true
            }
        }
    }

    package var phase: Phase
    package var supervisorPid: Int32
    /// Clock ticks from boot to the supervisor's start, as `/proc/PID/stat` has it.
    package var supervisorStartTime: UInt64
    /// In which boot of the machine it was started: numbers and times of start come again in the next one.
    package var bootID: String?
    /// How limits of memory and processors are kept, in words; nil where there are none.
    package var limits: String?
    /// How many instances run of how many, and by what load, in words; nil where the load changes nothing.
    package var scaling: String?
    /// The folders of the control groups that were made for the processes.
    package var groups: [String]
    /// The number of the last change that is in it; each change has the number after the one before.
    package var lastChange: Int
    /// In the order of the launch plan.
    package var processes: [ProcessStatus]

    package init(
        phase: Phase,
        supervisorPid: Int32,
        supervisorStartTime: UInt64,
        bootID: String? = nil,
        limits: String? = nil,
        scaling: String? = nil,
        groups: [String] = [],
        lastChange: Int = 0,
        processes: [ProcessStatus]
    ) {
        self.phase = phase
        self.supervisorPid = supervisorPid
        self.supervisorStartTime = supervisorStartTime
        self.bootID = bootID
        self.limits = limits
        self.scaling = scaling
        self.groups = groups
        self.lastChange = lastChange
        self.processes = processes
    }
}

/// How one process of an incarnation is.
package struct ProcessStatus: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// Its dependencies have not succeeded yet.
        case waiting
        case running
        /// An instance that the load does not ask for.
        case idle
        /// It has ended and will be started again after a pause.
        case backoff
        case succeeded
        /// It has failed for good.
        case failed
        /// Something that it depends on has failed for good.
        case skipped
        /// It was ended on request, or never started because of one.
        case stopped

        /// Whether the process will never run again.
        package var isFinal: Bool {
            switch self {
            case .waiting, .running, .idle, .backoff: false
            case .succeeded, .failed, .skipped, .stopped: true
            }
        }
    }

    /// How an attempt ended.
    package enum Exit: Hashable, Sendable, CustomStringConvertible {
        case code(Int32)
        case signal(Int32)
        /// It could not be started, for this reason.
        case notStarted(String)

        package var description: String {
            switch self {
            case .code(let code): "exit code \(code)"
            case .signal(let number): "ended by signal \(number)"
            case .notStarted(let reason): reason
            }
        }
    }

    package var name: String
    package var state: State
    /// Of the attempt that runs now.
    package var pid: Int32?
    /// Of the same process, in clock ticks from boot.
    package var startTime: UInt64?
    /// Of the last attempt that ended.
    package var exit: Exit?
    /// How many attempts have begun.
    package var attempts: Int
    /// Whether some attempt that ended had run for `settleTime`.
    package var hasSettled: Bool
    /// When the last attempt began, in milliseconds since 1970.
    package var startedAt: Milliseconds?
    /// When the last attempt that ended did so, in milliseconds since 1970.
    package var finishedAt: Milliseconds?
    /// When the next attempt begins, in milliseconds since 1970, while one is waited for.
    package var nextStartAt: Milliseconds?
    /// How many attempts in a row have ended before `RestartPolicy.healthyRun`.
    package var earlyEnds: Int
    /// The limit, in bytes, because of which something of the last attempt was killed for want of memory.
    package var outOfMemory: Int64?

    /// Whether it ends again and again soon after its start.
    package var isCrashLooping: Bool {
        !state.isFinal && earlyEnds >= RestartPolicy.crashLoop
    }

    /// A process that has run this long has got over what usually fails at once: its arguments, files and libraries.
    package static let settleTime: Milliseconds = 200

    package init(
        name: String,
        state: State = .waiting,
        pid: Int32? = nil,
        startTime: UInt64? = nil,
        exit: Exit? = nil,
        attempts: Int = 0,
        hasSettled: Bool = false,
        startedAt: Milliseconds? = nil,
        finishedAt: Milliseconds? = nil,
        nextStartAt: Milliseconds? = nil,
        earlyEnds: Int = 0,
        outOfMemory: Int64? = nil
    ) {
        self.name = name
        self.state = state
        self.pid = pid
        self.startTime = startTime
        self.exit = exit
        self.attempts = attempts
        self.hasSettled = hasSettled
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.nextStartAt = nextStartAt
        self.earlyEnds = earlyEnds
        self.outOfMemory = outOfMemory
    }
}
