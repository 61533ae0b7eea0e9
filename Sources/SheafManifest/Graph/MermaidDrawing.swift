internal import SheafModel

/// The form `mermaid`, for pages that draw it.
struct MermaidDrawing {
    private let graph: ResourceGraph
    private let showsJobs: Bool
    /// The resources of each nested bundle, and of the bundle itself.
    private let members: [Int?: [Int]]

    init(graph: ResourceGraph, showsJobs: Bool) {
        self.graph = graph
        self.showsJobs = showsJobs
        members = Dictionary(grouping: graph.nodes.indices) { graph.nodes[$0].cluster }
    }

    func text() -> String {
        var lines = ["flowchart LR", "  %% bundle \(GraphWords.visible(graph.bundle))"]
        lines += self.lines(of: nil, indent: "  ")
        var thick: [Int] = []
        let drawn = graph.edges.filter(\.isDrawn)
        for (number, edge) in drawn.enumerated() {
            if edge.isCritical { thick.append(number) }
            let label = edge.conditions.map(\.description).joined(separator: " and ")
            let arrow = edge.origin == .implied ? "-.->" : "-->"
            lines.append(
                "  r\(edge.from) \(arrow)\(label.isEmpty ? "" : "|\"\(Self.entities(label))\"|") r\(edge.to)"
            )
        }
        lines += externals()
        lines += jobEdges()
        return (lines + styles(thick)).joined(separator: "\n") + "\n"
    }

    private func lines(of cluster: Int?, indent: String) -> [String] {
        var lines: [String] = []
        for number in members[cluster] ?? [] {
            let node = graph.nodes[number]
            let box = "r\(number)[\"\(Self.entities(node.id.description))\"]"
            guard showsJobs, !node.jobs.isEmpty else {
                lines.append(indent + box)
                continue
            }
            lines.append("\(indent)subgraph w\(number)[\" \"]")
            lines.append("\(indent)  \(box)")
            for (place, job) in node.jobs.enumerated() {
                lines.append("\(indent)  r\(number)j\(place)([\"\(Self.entities(job.name))\"])")
            }
            lines.append("\(indent)end")
        }
        for (number, inner) in graph.clusters.enumerated() where inner.parent == cluster {
            lines.append("\(indent)subgraph b\(number)[\"\(Self.entities(graph.nodes[inner.node].id.description))\"]")
            lines += self.lines(of: number, indent: indent + "  ")
            lines.append("\(indent)end")
        }
        return lines
    }

    /// After all others, since edges are styled by their number.
    private func jobEdges() -> [String] {
        guard showsJobs else { return [] }
        return graph.nodes.enumerated().flatMap { number, node in
            node.jobs.enumerated().flatMap { place, job in
                let needs = job.dependencies.map { "r\(number)j\($0)" }
                return (needs.isEmpty ? ["r\(number)"] : needs).map { "  \($0) --> r\(number)j\(place)" }
            }
        }
    }

    private func externals() -> [String] {
        guard graph.includesImplied else { return [] }
        return graph.externals.filter { !$0.isBuiltIn }.enumerated().flatMap { number, external in
            ["  x\(number)[\"\(Self.entities(external.id.description))\"]:::outside"]
                + Set(external.uses.map(\.node)).sorted().map { "  x\(number) -.-> r\($0)" }
        }
    }

    private func styles(_ thick: [Int]) -> [String] {
        var lines: [String] = []
        if graph.includesImplied, graph.externals.contains(where: { !$0.isBuiltIn }) {
            lines.append("  classDef outside stroke-dasharray: 4 3, opacity: 0.7")
        }
        if !graph.unused.isEmpty {
            lines.append("  classDef unused opacity: 0.5")
            lines.append("  class \(graph.unused.map { "r\($0)" }.joined(separator: ",")) unused")
        }
        if graph.criticalPath.count > 1 {
            lines.append("  classDef critical stroke-width: 3px")
            lines.append("  class \(graph.criticalPath.map { "r\($0)" }.joined(separator: ",")) critical")
            lines.append("  linkStyle \(thick.map(String.init).joined(separator: ",")) stroke-width: 3px")
        }
        return lines
    }

    private static func entities(_ text: String) -> String {
        GraphWords.visible(text).map { character in
            switch character {
            case "\"": "#quot;"
            case "<": "#lt;"
            case ">": "#gt;"
            case "&": "#amp;"
            case "#": "#35;"
            case "`": "#96;"
            default: String(character)
            }
        }.joined()
    }
}
