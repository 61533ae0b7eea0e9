package import SheafModel

/// Which fields of a manifest reach what runs, so that a new value takes effect only in a new incarnation.
///
/// A field that no table names is taken to reach it: a start too many is better than a change without effect. What
/// reaches a process is what the executor puts into its launch plan, its variables and its files (`docs/executor.md`).
package enum ReplacementRules {
    /// The differences that need a new incarnation.
    ///
    /// - Parameters:
    ///   - differences: Of one resource.
    ///   - kind: Its kind.
    /// - Returns: In their order; empty for kinds that run nothing.
    package static func forcing(_ differences: [Change.Difference], in kind: ResourceKind) -> [Change.Difference] {
        guard let table = inPlace[kind] else { return [] }
        return differences.filter { !isNamed($0.path, in: table) }
    }

    /// Whether differences of a secret reach those who use it.
    package static func reachUsers(_ differences: [Change.Difference]) -> Bool {
        differences.contains { !isNamed($0.path, in: unusedOfSecrets) }
    }

    // MARK: The tables

    /// Keys at the top of every manifest, and what the bundle says about the order and about readiness.
    ///
    /// `tags`, `description` and `version` are not among them: they reach a process as variables.
    private static let metadata: Set<String> = ["layer", "owner", "title", "dependencies", "readiness"]

    /// Below the section of a service or a worker, and below the `spec` of a job.
    private static let workload: Set<String> = [
        "title", "description", "tags", "tier", "topology",
        // One process runs on this machine, whatever they say.
        "compute", "replicas", "autoScaling", "highAvailabilityConfig",
        // Only limits are kept.
        "resources.requests",
        // Nothing stands between a service and its port.
        "ingress",
    ]

    private static let job: Set<String> = ["title", "description", "tags", "gcWhenComplete"]

    /// A schedule that comes or goes is none of these: it decides whether an apply runs the jobs.
    private static let schedule: Set<String> = ["cron", "timezone", "concurrencyPolicy", "endOn"]

    /// The fields of the kinds that run something which do not reach it, those below them included.
    private static let inPlace: [ResourceKind: Set<String>] = [
        .service: metadata.union(below("service", workload)),
        .worker: metadata.union(below("worker", workload)),
        .workflow: metadata.union(
            below("workflow", ["title"]) + below("workflow.schedule", schedule) + below("workflow.dag", job)
                + below("workflow.dag.spec", workload)
        ),
    ]

    private static let unusedOfSecrets: Set<String> = metadata.union([
        "runAsUser", "tags", "description", "version", "secret.acl", "instance-secret.acl",
    ])

    private static func below(_ path: String, _ fields: Set<String>) -> [String] { fields.map { "\(path).\($0)" } }

    // MARK: Paths

    /// Whether a table names the field of a path, or one above it.
    private static func isNamed(_ path: String, in table: Set<String>) -> Bool {
        var field = ""
        for part in fields(of: path) {
            field += field.isEmpty ? part : ".\(part)"
            if table.contains(field) { return true }
        }
        return false
    }

    /// The keys of a path without the places in lists: `workflow.dag[name=load].spec` gives three.
    private static func fields(of path: String) -> [String] {
        var plain = ""
        var isPlace = false
        for character in path {
            if character == "[" { isPlace = true }
            if !isPlace { plain.append(character) }
            if character == "]" { isPlace = false }
        }
        return plain.split(separator: ".").map(String.init)
    }
}
