import SheafSupervision

/// How long the executor waits for what should take no time.
package struct Patience: Hashable, Sendable {
    /// For the first status of a supervisor that holds its lock.
    package var status: Duration
    /// For a supervisor to start its first processes: they only have to be exec'ed.
    package var start: Duration
    /// For a supervisor to end, beyond the grace periods of its processes.
    package var stop: Duration

    package init(status: Duration = .seconds(5), start: Duration = .seconds(30), stop: Duration = .seconds(5)) {
        self.status = status
        self.start = start
        self.stop = stop
    }
}
