internal import SheafModel

/// Puts the jobs of nested workflows in the place of the nodes that name them.
///
/// A node `load` whose workflow has a job `copy` becomes the job `load-copy`. The first jobs of the nested workflow
/// wait for what the node waits for; what waits for the node waits for all of its last jobs. Where the node has a retry,
/// its jobs are a group of that name, which is tried again as a whole.
struct WorkflowFlattener {
    /// More jobs than this are refused: workflows in workflows can multiply without end.
    static let jobLimit = 10_000

    private var jobCount = 0

    /// The jobs of one workflow, with groups before those that are in them.
    private struct Content {
        var jobs: [ManifestNode] = []
        var groups: [Group] = []
    }

    fileprivate struct Group {
        var name: String
        var parent: String?
        var retry: ManifestNode
    }

    /// A job on its way, whose needs in the outer workflow are not translated yet.
    private struct Draft {
        var name: DependencyCheck.Name
        var node: ManifestNode
        /// Final names.
        var inner: [String] = []
        /// Names of nodes of the workflow that is being flattened.
        var outer: [DependencyCheck.Name] = []
    }

    /// The manifest's normal form with a dag of jobs only.
    ///
    /// - Throws: What the bundle's files throw.
    mutating func flatten(
        _ manifest: ReadManifest,
        file: String,
        _ loader: inout ManifestLoader
    ) throws -> ManifestNode {
        let key = ResourceKind.workflow.sectionKey
        WorkflowCheck(mode: .complete).run(manifest.section, &loader.findings)
        guard let section = manifest.node[key], let dag = section["dag"], let nodes = dag.elements,
            nodes.contains(where: { $0.entry("file") != nil })
        else { return manifest.node }
        let content = try flatten(nodes, files: [file], &loader)
        checkNames(content.jobs, &loader)
        var flat = section.setting("dag", to: ManifestNode(.sequence(content.jobs), span: dag.span))
        if !content.groups.isEmpty {
            let groups = content.groups.map { $0.node(span: dag.span) }
            flat = flat.setting("groups", to: ManifestNode(.sequence(groups), span: dag.span))
        }
        return manifest.node.setting(key, to: flat)
    }

    private mutating func flatten(
        _ nodes: [ManifestNode],
        files: [String],
        _ loader: inout ManifestLoader
    ) throws -> Content {
        var drafts: [Draft] = []
        var groups: [Group] = []
        var lastJobs: [String: [String]] = [:]
        for node in nodes {
            guard let name = node["name"]?.name else { continue }
            let needs = (node["dependencies"]?.elements ?? []).compactMap(\.name)
            guard let file = node["file"] else {
                drafts.append(Draft(name: name, node: node, outer: needs))
                continue
            }
            let nested = try nestedJobs(file, files, &loader)
            let jobs = nested.jobs
            groups += Self.groups(nested.groups, under: node, name)
            let needed = Set(jobs.flatMap { ($0["dependencies"]?.elements ?? []).compactMap(\.text) })
            lastJobs[name.text] = jobs.compactMap { $0["name"]?.text }.filter { !needed.contains($0) }
                .map { "\(name.text)-\($0)" }
            drafts += jobs.compactMap { Self.draft(of: $0, under: node, name, needs) }
        }
        jobCount += drafts.count
        let jobs = drafts.map { draft in
            let outer = draft.outer.flatMap { lastJobs[$0.text] ?? [$0.text] }
            return draft.node.withDependencies(draft.inner + outer)
        }
        return Content(jobs: jobs, groups: groups)
    }

    /// The group that a node makes, and those of the workflow that it names.
    private static func groups(
        _ nested: [Group],
        under node: ManifestNode,
        _ name: DependencyCheck.Name
    ) -> [Group] {
        let own = node["retry"].map { Group(name: name.text, retry: $0) }
        return (own.map { [$0] } ?? [])
            + nested.map { group in
                Group(
                    name: "\(name.text)-\(group.name)",
                    parent: group.parent.map { "\(name.text)-\($0)" } ?? own?.name,
                    retry: group.retry
                )
            }
    }

    private static func draft(
        of job: ManifestNode,
        under node: ManifestNode,
        _ name: DependencyCheck.Name,
        _ needs: [DependencyCheck.Name]
    ) -> Draft? {
        guard let inner = job["name"] else { return nil }
        let full = "\(name.text)-\(inner.text ?? "")"
        var job = job.setting("name", to: ManifestNode(text: full, span: inner.span))
        if let group = job["group"]?.text {
            job = job.setting("group", to: ManifestNode(text: "\(name.text)-\(group)", span: inner.span))
        } else if node["retry"] != nil {
            job = job.setting("group", to: ManifestNode(text: name.text, span: inner.span))
        }
        let own = (job["dependencies"]?.elements ?? []).compactMap(\.text).map { "\(name.text)-\($0)" }
        return Draft(
            name: .init(text: full, span: inner.span),
            node: job,
            inner: own,
            outer: own.isEmpty ? needs : []
        )
    }

    /// The jobs of the workflow that a node names, themselves flattened.
    private mutating func nestedJobs(
        _ file: ManifestNode,
        _ files: [String],
        _ loader: inout ManifestLoader
    ) throws -> Content {
        guard let (path, bytes) = try loader.find(file) else { return Content() }
        if let start = files.firstIndex(of: path) {
            let cycle = (files[start...] + [path]).map(loader.lookup.files.displayPath)
            loader.findings.report(
                .workflowRecursion,
                "the workflow holds itself: \(cycle.joined(separator: " -> "))",
                at: file.span,
                help: "remove this node"
            )
            return Content()
        }
        guard jobCount < Self.jobLimit else {
            loader.findings.report(.tooLarge, "the workflow has more than \(Self.jobLimit) jobs", at: file.span)
            return Content()
        }
        guard let manifest = loader.load(bytes, path: path) else { return Content() }
        guard manifest.kind == .workflow else {
            loader.findings.report(
                .notAWorkflow,
                "'\(path)' holds a \(manifest.kind?.rawValue ?? "manifest"), not a workflow",
                at: file.span,
                help: "only workflows can be nested in a workflow"
            )
            return Content()
        }
        WorkflowCheck(mode: .complete).run(manifest.section, &loader.findings)
        if let schedule = manifest.section?.value.entry("schedule") {
            loader.findings.report(
                .nestedSchedule,
                "the schedule of a nested workflow is ignored",
                at: schedule.keySpan,
                help: "write it in the outer workflow",
                related: [.init(message: "nested here", span: file.span)]
            )
        }
        return try flatten(manifest.section?.value["dag"]?.elements ?? [], files: files + [path], &loader)
    }

    private func checkNames(_ jobs: [ManifestNode], _ loader: inout ManifestLoader) {
        let names = jobs.compactMap { $0["name"]?.name }
        let check = DependencyCheck(owner: "workflow", duplicateCode: .duplicateJob, mode: .complete)
        check.run(names.map { .init(name: $0, needs: []) }, &loader.findings)
    }
}

extension WorkflowFlattener.Group {
    fileprivate func node(span: SourceSpan) -> ManifestNode {
        var node = ManifestNode(.mapping([]), span: span).setting("name", to: ManifestNode(text: name, span: span))
        if let parent { node = node.setting("parent", to: ManifestNode(text: parent, span: span)) }
        return node.setting("retry", to: retry)
    }
}

extension ManifestNode {
    /// A job with other dependencies, each once; without the key when there are none.
    fileprivate func withDependencies(_ names: [String]) -> ManifestNode {
        if names.isEmpty { return removing("dependencies") }
        var seen: Set<String> = []
        let place = self["dependencies"]?.span ?? span.firstLine
        let nodes = names.filter { seen.insert($0).inserted }.map { ManifestNode(text: $0, span: place) }
        return setting("dependencies", to: ManifestNode(.sequence(nodes), span: place))
    }
}
