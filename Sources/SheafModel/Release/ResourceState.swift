/// How a resource is, in the platform's words, with the evidence for it.
package struct ResourceState: Codable, Hashable, Sendable {
    /// What a wait for the resource should do.
    package enum Progress: String, Codable, Sendable {
        /// Not there yet: wait.
        case pending
        /// As wanted. A job is ready when it has succeeded.
        case ready
        /// Will not become ready by waiting.
        case failed
    }

    /// `active`, `pending`, `error` or `deleted`.
    package var status: String
    /// `running:1`, `pending:0/1`, `crash-loop`, `running`, `succeeded`, `failed` or empty.
    package var runtime: String
    package var progress: Progress
    /// What was seen, such as `port 8080 refused` or `exit code 3; last log line: …`.
    package var evidence: String?
    /// Where the resource is reached or kept: an address, a directory.
    package var location: String?
    /// The processes that it runs now.
    package var pids: [Int32]
    /// What is known of each process that belongs to it; nil where none does.
    package var processes: [ProcessState]?
    /// How the limits of its memory and processors are kept, in words; nil where it has none.
    package var limits: String?

    package init(
        status: String,
        runtime: String = "",
        progress: Progress,
        evidence: String? = nil,
        location: String? = nil,
        pids: [Int32] = []
    ) {
        self.status = status
        self.runtime = runtime
        self.progress = progress
        self.evidence = evidence
        self.location = location
        self.pids = pids
    }

    /// The state of what is only declared.
    package static let active = ResourceState(status: "active", progress: .ready)
}
