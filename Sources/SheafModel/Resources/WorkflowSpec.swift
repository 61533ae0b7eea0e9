/// Jobs in dependency order; nested workflows are already flattened into their jobs and groups of them.
package struct WorkflowSpec: Codable, Hashable, Sendable {
    /// When a job that failed is tried again.
    package struct Retry: Codable, Hashable, Sendable {
        /// Attempts after the first.
        package var count: Int?
        /// `Always`, `OnFailure`, `OnError` or `OnTransientError`.
        package var strategy: String?
        /// The pause between attempts, such as `5s`.
        package var duration: String?
        /// No attempt begins later than this after the first, such as `10m`.
        package var maxDuration: String?
    }

    package struct Job: Codable, Hashable, Sendable {
        package var name: String
        package var title: String?
        package var description: String?
        package var spec: WorkloadSpec
        /// Names of the jobs that must have succeeded.
        package var dependencies: [String]?
        package var retry: Retry?
        /// The innermost group that it is tried again with; written by Sheaf, not by people.
        package var group: String?
        /// Whether what it leaves in its scratch directories is removed once the run has succeeded.
        package var gcWhenComplete: Bool?
    }

    /// The jobs of a nested workflow whose node has a retry; written by Sheaf, not by people.
    package struct Group: Codable, Hashable, Sendable {
        package var name: String
        /// The group that it is in itself, which stands before it.
        package var parent: String?
        package var retry: Retry
    }

    /// When runs start by themselves.
    package struct Schedule: Codable, Hashable, Sendable {
        package var cron: String
        package var timezone: String?
        package var concurrencyPolicy: String?
        package var endOn: String?
    }

    package var title: String?
    package var dag: [Job]
    package var groups: [Group]?
    package var schedule: Schedule?
    /// What Sheaf is asked for, among others, see `WorkflowProperties`.
    package var properties: [String: JSONValue]?
}
