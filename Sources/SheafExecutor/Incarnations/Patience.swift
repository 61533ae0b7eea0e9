import SheafSupervision

/// How long the executor waits for what should take no time.
package struct Patience: Hashable, Sendable {
    /// For the first status of a supervisor that holds its lock.
    package var status: Duration
    /// For a supervisor to start its first processes: they only have to be exec'ed.
    package var start: Duration
    /// For a supervisor to end, beyond the grace periods of its processes.
    package var stop: Duration
    /// For the gateway to say that a route is in effect.
    package var gateway: Duration
    /// For connections to old instances to end before those are ended.
    package var drain: Duration

    package init(
        status: Duration = .seconds(5),
        start: Duration = .seconds(30),
        stop: Duration = .seconds(5),
        gateway: Duration = .seconds(30),
        drain: Duration = .seconds(30)
    ) {
        self.status = status
        self.start = start
        self.stop = stop
        self.gateway = gateway
        self.drain = drain
    }
}
