internal import SheafModel

extension ReadManifest {
    /// The workloads of a manifest: a service's or worker's section, the spec of each job of a workflow.
    var workloads: [ManifestNode] {
        switch kind {
        case .service, .worker: section.map { [$0.value] } ?? []
        case .workflow: (section?.value["dag"]?.elements ?? []).compactMap { $0["spec"] }
        default: []
        }
    }

    /// Replaces each workload by what a closure makes of it.
    mutating func mapWorkloads(_ transform: (ManifestNode) throws -> ManifestNode) rethrows {
        guard let kind, let section else { return }
        switch kind {
        case .service, .worker: node = node.setting(kind.sectionKey, to: try transform(section.value))
        case .workflow:
            guard let dag = section.value["dag"], let jobs = dag.elements else { return }
            let changed = try jobs.map { job in
                guard let spec = job["spec"] else { return job }
                return job.setting("spec", to: try transform(spec))
            }
            let newDag = ManifestNode(.sequence(changed), span: dag.span)
            node = node.setting(kind.sectionKey, to: section.value.setting("dag", to: newDag))
        default: break
        }
    }
}
