package import FoundationEssentials

/// How one process of a resource is, as its supervisor has recorded it.
package struct ProcessState: Codable, Hashable, Sendable {
    /// `main` for services and workers, else the name of the job.
    package var name: String
    /// `waiting`, `running`, `backoff`, `crash-loop`, `succeeded`, `failed`, `skipped` or `stopped`.
    package var state: String
    package var pid: Int32?
    /// How many attempts have begun.
    package var attempts: Int
    /// When the last attempt began.
    package var started: Date?
    /// When the last attempt that ended did so.
    package var ended: Date?
    /// Of the last attempt that ended; nil where a signal ended it or it could not begin.
    package var exitCode: Int32?
    /// The signal that ended the last attempt.
    package var signal: Int32?
    /// When the next attempt begins, while one is waited for.
    package var nextStart: Date?
    /// Whether something of the last attempt was killed because its limit of memory was reached.
    package var isOutOfMemory: Bool

    package init(
        name: String,
        state: String,
        pid: Int32? = nil,
        attempts: Int,
        started: Date? = nil,
        ended: Date? = nil,
        exitCode: Int32? = nil,
        signal: Int32? = nil,
        nextStart: Date? = nil,
        isOutOfMemory: Bool = false
    ) {
        self.name = name
        self.state = state
        self.pid = pid
        self.attempts = attempts
        self.started = started
        self.ended = ended
        self.exitCode = exitCode
        self.signal = signal
        self.nextStart = nextStart
        self.isOutOfMemory = isOutOfMemory
    }
}

extension ProcessState {
    /// How the last attempt that ended did so; nil where none has.
    package var ending: String? {
        let memory = isOutOfMemory ? ", out of memory" : ""
        if let exitCode { return "exit code \(exitCode)\(memory)" }
        return signal.map { "ended by signal \($0)\(memory)" }
    }
}
