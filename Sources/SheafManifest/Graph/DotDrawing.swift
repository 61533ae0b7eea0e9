internal import SheafModel

/// The form `dot`, for Graphviz.
struct DotDrawing {
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
        var lines = [
            "digraph \(Self.quoted(graph.bundle)) {", "  rankdir=LR;", "  compound=true;",
            "  node [shape=box, style=rounded, fontname=\"sans-serif\"];",
            "  edge [fontname=\"sans-serif\", fontsize=10];",
        ]
        lines += self.lines(of: nil, indent: "  ")
        lines += graph.edges.filter(\.isDrawn).map(line)
        lines += externals()
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private func lines(of cluster: Int?, indent: String) -> [String] {
        var lines: [String] = []
        for number in members[cluster] ?? [] { lines += node(number, indent) }
        for (number, inner) in graph.clusters.enumerated() where inner.parent == cluster {
            lines.append("\(indent)subgraph cluster_\(number) {")
            lines.append("\(indent)  label=\(id(inner.node)); style=\"rounded,dotted\";")
            lines += self.lines(of: number, indent: indent + "  ")
            lines.append("\(indent)}")
        }
        return lines
    }

    private func node(_ number: Int, _ indent: String) -> [String] {
        let node = graph.nodes[number]
        var attributes: [String] = []
        if node.isCritical { attributes.append("penwidth=2.5") }
        if node.isUnused { attributes.append("color=gray, fontcolor=gray, tooltip=\"unused\"") }
        let line = "\(indent)\(id(number))\(attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]");"
        guard showsJobs, !node.jobs.isEmpty else { return [line] }
        var lines = [
            "\(indent)subgraph cluster_jobs_\(number) {", "\(indent)  label=\"\"; style=rounded;", "  \(line)",
        ]
        for (place, job) in node.jobs.enumerated() {
            lines.append("\(indent)  \"job \(number) \(place)\" [shape=ellipse, label=\(Self.quoted(job.name))];")
            let needs = job.dependencies.map { "\"job \(number) \($0)\"" }
            for need in needs.isEmpty ? [id(number)] : needs {
                lines.append("\(indent)  \(need) -> \"job \(number) \(place)\" [arrowsize=0.6];")
            }
        }
        return lines + ["\(indent)}"]
    }

    private func line(_ edge: ResourceGraph.Edge) -> String {
        var attributes: [String] = []
        let label = edge.conditions.map(\.description).joined(separator: " and ")
        if !label.isEmpty { attributes.append("label=\(Self.quoted(label))") }
        if edge.origin == .implied { attributes.append("style=dashed") }
        if !edge.fields.isEmpty {
            attributes.append("tooltip=\(Self.quoted("named in \(GraphWords.fields(edge.fields))"))")
        }
        if edge.isCritical { attributes.append("penwidth=2.5") }
        let tail = attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
        return "  \(id(edge.from)) -> \(id(edge.to))\(tail);"
    }

    /// What is not in the bundle, but for what is everywhere; and names against the order.
    private func externals() -> [String] {
        guard graph.includesImplied else { return [] }
        var lines: [String] = []
        for external in graph.externals where !external.isBuiltIn {
            let name = Self.quoted(external.id.description)
            lines.append("  \(name) [style=\"rounded,dashed\", color=gray, fontcolor=gray];")
            for user in Set(external.uses.map(\.node)).sorted() {
                lines.append("  \(name) -> \(id(user)) [style=dashed, color=gray];")
            }
        }
        let pairs = Set(graph.contradictions.map { [$0.named, $0.use.node] })
        for pair in pairs.sorted(by: { ($0[0], $0[1]) < ($1[0], $1[1]) }) {
            lines.append("  \(id(pair[0])) -> \(id(pair[1])) [style=dotted, color=red, constraint=false];")
        }
        return lines
    }

    private func id(_ number: Int) -> String { Self.quoted(graph.nodes[number].id.description) }

    private static func quoted(_ text: String) -> String {
        let escaped = GraphWords.visible(text).map { character in
            switch character {
            case "\"": "\\\""
            case "\\": "\\\\"
            default: String(character)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
