import FoundationEssentials
import SheafExecutor
import SheafModel
import SheafSupervision

/// A run of a workflow as programs see it.
struct RunRecord: Encodable {
    struct Job: Encodable {
        var name: String
        var state: String
        var attempts: Int
        /// How its last attempt ended.
        var exit: String?
        /// When its last attempt began.
        var startedAt: Date?
        var finishedAt: Date?
    }

    var workflow: String
    var id: String
    /// The revision that the workflow is of.
    var revision: Int
    var outcome: String
    var cause: String?
    var startedAt: Date
    var finishedAt: Date?
    /// The users that its jobs act as.
    var users: [String]
    var evidence: String?
    var jobs: [Job]

    init(_ run: WorkflowRun) {
        workflow = run.workflow.description
        id = run.id.description
        revision = run.generation
        outcome = run.outcome.rawValue
        cause = run.cause?.rawValue
        startedAt = Self.date(run.startedAt)
        finishedAt = run.finishedAt.map(Self.date)
        users = run.users
        evidence = run.evidence
        jobs = run.jobs.map { job in
            Job(
                name: job.name,
                state: job.state.rawValue,
                attempts: job.attempts,
                exit: job.exit?.description,
                startedAt: job.startedAt.map(Self.date),
                finishedAt: job.finishedAt.map(Self.date)
            )
        }
    }

    private static func date(_ milliseconds: Milliseconds) -> Date {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
