package import SheafModel

/// What runs on a stack: a service, a worker, or a job of a workflow.
package struct StackWorkload: Sendable {
    package enum Orchestrator: String, Sendable {
        case service, worker, workflow

        /// The section of a stack with what it needs to run under this one.
        var config: String {
            switch self {
            case .service: "serviceConfig"
            case .worker: "workerConfig"
            case .workflow: "workflowJobConfig"
            }
        }
    }

    package var orchestrator: Orchestrator
    /// The resource's name, or the job's.
    package var name: String
    package var workspace: String
    package var owner: String
    package var description: String
    package var tags: [String]
    /// The resource's section, or the job's `spec`.
    package var spec: JSONValue

    package init(
        _ orchestrator: Orchestrator,
        name: String,
        workspace: String = "public",
        owner: String = "",
        description: String = "",
        tags: [String] = [],
        spec: JSONValue
    ) {
        self.orchestrator = orchestrator
        self.name = name
        self.workspace = workspace
        self.owner = owner
        self.description = description
        self.tags = tags
        self.spec = spec
    }

    /// The workloads of a resource: none, one, or the jobs of a workflow in their order.
    package static func workloads(of resource: ResolvedResource) -> [StackWorkload] {
        func make(_ orchestrator: Orchestrator, _ name: String, _ spec: JSONValue, _ described: JSONValue) -> Self {
            StackWorkload(
                orchestrator,
                name: name,
                workspace: resource.id.workspace ?? "public",
                owner: resource.manifest["owner"]?.scalarText ?? "",
                description: described["description"]?.scalarText ?? resource.manifest["description"]?.scalarText ?? "",
                tags: ((described["tags"] ?? resource.manifest["tags"])?.arrayValue ?? []).compactMap(\.scalarText),
                spec: spec
            )
        }
        switch resource.id.kind {
        case .service: return [make(.service, resource.id.name, resource.section, resource.manifest)]
        case .worker: return [make(.worker, resource.id.name, resource.section, resource.manifest)]
        case .workflow:
            return (resource.section["dag"]?.arrayValue ?? []).compactMap { job in
                guard let name = job["name"]?.scalarText, let spec = job["spec"] else { return nil }
                return make(.workflow, name, spec, job)
            }
        default: return []
        }
    }

    /// How messages call it.
    var inWords: String { orchestrator == .workflow ? "job '\(name)'" : "\(orchestrator.rawValue) '\(name)'" }
}
