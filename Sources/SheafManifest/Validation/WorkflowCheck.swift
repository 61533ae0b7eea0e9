internal import SheafModel

/// Checks the jobs of one workflow against each other.
struct WorkflowCheck {
    let mode: KindValidator.Mode

    /// Reports repeated job names, unknown dependencies and cycles.
    func run(_ section: ManifestNode.Entry?, _ findings: inout Findings) {
        guard let section, let dag = section.value.entry("dag") else { return }
        let jobs = dag.value.elements ?? []
        let vertices = jobs.compactMap { job in
            job["name"]?.name.map { name in
                DependencyCheck.Vertex(name: name, needs: (job["dependencies"]?.elements ?? []).compactMap(\.name))
            }
        }
        DependencyCheck(owner: "workflow", duplicateCode: .duplicateJob, mode: mode).run(vertices, &findings)
    }

    /// The same for a workflow that is still a tree.
    func run(_ manifest: CheckedManifest, _ validator: KindValidator) {
        let state = validator.state(manifest.set)
        guard let section = validator.section(of: manifest.node, manifest.set),
            let dag = validator.member(section.member.value, "dag", section.shape, state),
            let items = dag.shape.elements?.items, items >= 0
        else { return }
        let jobs = validator.elements(dag.member.value)
        let shape = state.set[items]
        let vertices = jobs.compactMap { job -> DependencyCheck.Vertex? in
            guard let name = validator.member(job, "name", shape, state)?.member.value,
                validator.tree.isScalar(name)
            else { return nil }
            let needs = validator.member(job, "dependencies", shape, state)?.member.value
            return DependencyCheck.Vertex(
                name: .init(validator.shared, name),
                needs: needs.map { validator.names($0) } ?? []
            )
        }
        let check = DependencyCheck(owner: "workflow", duplicateCode: .duplicateJob, mode: mode)
        check.run(vertices, &validator.findings)
    }
}
