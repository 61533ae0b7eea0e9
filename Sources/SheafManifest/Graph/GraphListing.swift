internal import SheafModel

/// The form `text`: the waves one after the other, under each resource what it waits for.
struct GraphListing {
    let graph: ResourceGraph
    let showsJobs: Bool
    let paint: GraphPaint

    private static let mark = "*"

    func text() -> String {
        // What is written is shown even where nesting repeats it.
        let incoming = Dictionary(grouping: graph.edges.filter { $0.isDrawn || $0.origin == .explicit }, by: \.to)
        var lines = [paint("bundle \(visible(graph.bundle))", .heading), ""]
        for (number, wave) in graph.waves.enumerated() {
            lines.append(paint("wave \(number + 1)", .heading))
            for node in wave { lines += self.lines(of: node, waitingFor: incoming[node] ?? []) }
        }
        if !graph.waves.isEmpty { lines.append("") }
        lines += summary()
        lines += section("unused: nothing in the bundle names them", graph.unused.map { id($0) }, .warning)
        lines += section(
            "against the order",
            graph.contradictions.map { visible(GraphWords.contradiction($0, in: graph)) },
            .warning
        )
        lines += externals()
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Waves

    private func lines(of node: Int, waitingFor edges: [ResourceGraph.Edge]) -> [String] {
        let resource = graph.nodes[node]
        let name = resource.isCritical ? paint("\(Self.mark) \(id(node))", .critical) : "  \(id(node))"
        var lines = [name + (resource.isUnused ? paint("  unused", .warning) : "")]
        var branches = edges.map { edge -> String in
            let reason = GraphWords.reason(edge)
            let mark = edge.isCritical ? paint(Self.mark, .critical) : " "
            let tail = reason.isEmpty ? "" : "  " + paint(visible(reason), .faint)
            return "\(edge.origin == .implied ? "╌╌" : "──")\(mark)\(id(edge.from))\(tail)"
        }
        if showsJobs {
            branches += resource.jobs.map { job in
                let needs = job.dependencies.map { resource.jobs[$0].name }
                let tail = needs.isEmpty ? "" : "  " + paint(visible("after \(needs.joined(separator: ", "))"), .faint)
                return "── job \(visible(job.name))\(tail)"
            }
        }
        for (number, branch) in branches.enumerated() {
            lines.append("  \(number == branches.count - 1 ? "└" : "├")\(branch)")
        }
        return lines.map { "  \($0)" }
    }

    // MARK: Below the waves

    private func summary() -> [String] {
        var marks = ["\(Self.mark) on the critical path"]
        if graph.edges.contains(where: { $0.origin != .implied }) { marks.append("── waits for") }
        if graph.edges.contains(where: { $0.origin == .implied }) { marks.append("╌╌ waits for what it names") }
        let path = graph.criticalPath.map { id($0) }.joined(separator: " → ")
        return [paint(marks.joined(separator: "   "), .faint), "", GraphWords.summary(graph)]
            + (graph.criticalPath.count > 1 ? ["critical path of \(graph.criticalPath.count): \(path)"] : [])
    }

    private func externals() -> [String] {
        let lines = graph.externals.filter { !$0.isBuiltIn }.map { external in
            let tail = [GraphWords.users(of: external, in: graph), GraphWords.question(external)].compactMap { $0 }
            return "\(visible(external.id.description))  \(paint(visible(tail.joined(separator: "; ")), .faint))"
        }
        let builtIn = graph.externals.filter(\.isBuiltIn).map { visible($0.id.description) }
        return section("not in the bundle, so expected to be there", lines, .heading)
            + (builtIn.isEmpty ? [] : ["", "built in: \(builtIn.joined(separator: ", "))"])
    }

    private func section(_ title: String, _ lines: [String], _ role: GraphPaint.Role) -> [String] {
        lines.isEmpty ? [] : ["", paint(title, role)] + lines.map { "  \($0)" }
    }

    private func id(_ node: Int) -> String { visible(graph.nodes[node].id.description) }

    private func visible(_ text: String) -> String { GraphWords.visible(text) }
}
