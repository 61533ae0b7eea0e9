package import SheafModel
package import SheafSupervision

/// One run of a workflow: why it began, how far it has come or how it ended, and what its jobs did.
package struct WorkflowRun: Hashable, Sendable {
    package enum Outcome: String, Codable, Hashable, Sendable, CaseIterable {
        /// It was about to begin, and no supervisor has said anything yet.
        case pending
        case running
        case succeeded
        case failed
        /// It was ended on request.
        case stopped
        /// Its supervisor was lost, with the machine for example, before the jobs had ended.
        case interrupted

        /// Whether nothing will happen any more, unless somebody goes on with it.
        package var isFinal: Bool { self != .pending && self != .running }
    }

    package let workflow: ResourceID
    package let id: RunID
    /// Of the workflow that runs.
    package let generation: Int
    package let cause: RunCause?
    package let outcome: Outcome
    /// In milliseconds since 1970, as everything about time here.
    package let startedAt: Milliseconds
    /// When its last job ended; nil while it goes on, and where no job did.
    package let finishedAt: Milliseconds?
    /// The users that its jobs act as, as the manifest says.
    package let users: [String]
    /// In the order of the workflow; empty before its supervisor has said anything.
    package let jobs: [ProcessStatus]
    /// Why it failed, without secrets.
    package let evidence: String?

    private let order: RunOrder

    init(
        workflow: ResourceID,
        id: RunID,
        order: RunOrder,
        status: SupervisorStatus?,
        isSupervised: Bool,
        evidence: String?
    ) {
        self.workflow = workflow
        self.id = id
        self.order = order
        generation = order.generation
        cause = RunCause(rawValue: order.cause)
        startedAt = order.startedAt
        users = order.users
        jobs = status?.processes ?? []
        let outcome = Self.outcome(of: status, isSupervised: isSupervised)
        self.outcome = outcome
        finishedAt = outcome.isFinal ? jobs.compactMap(\.finishedAt).max() : nil
        self.evidence = evidence
    }

    /// Where the output of each of its jobs is; the file is missing while the job has not begun.
    package var logs: [(process: String, path: String)] { jobs.map { ($0.name, order.log(of: $0.name)) } }

    private static func outcome(of status: SupervisorStatus?, isSupervised: Bool) -> Outcome {
        switch status?.phase {
        case .succeeded: .succeeded
        case .failed: .failed
        case .stopped: .stopped
        case .starting, .running, .stopping: isSupervised ? .running : .interrupted
        case .notRun, nil: isSupervised ? .pending : .interrupted
        }
    }
}
