internal import SheafModel

/// Checks the jobs of one workflow against each other.
struct WorkflowCheck {
    let mode: SchemaWalker.Mode

    /// Reports an empty dag, repeated job names, unknown dependencies and cycles.
    func run(_ section: ManifestNode.Entry?, _ findings: inout Findings) {
        guard let section, let dag = section.value.entry("dag") else { return }
        let jobs = dag.value.elements ?? []
        if jobs.isEmpty {
            findings.report(.missingKey, "the 'dag' has no jobs", at: dag.keySpan, help: "add at least one job")
        }
        let vertices = jobs.compactMap { job in
            job["name"]?.name.map { name in
                DependencyCheck.Vertex(name: name, needs: (job["dependencies"]?.elements ?? []).compactMap(\.name))
            }
        }
        DependencyCheck(owner: "workflow", duplicateCode: .duplicateJob, mode: mode).run(vertices, &findings)
    }
}
