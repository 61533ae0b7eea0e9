internal import SheafModel

/// Checks a graph of named things: items of a bundle, jobs of a workflow.
struct DependencyCheck {
    /// A text with its place.
    struct Name: Sendable {
        private enum Place: Sendable {
            case span(SourceSpan)
            case node(SharedTree, YAMLTree.NodeID)
        }

        var text: String
        private var place: Place

        init(text: String, span: SourceSpan) {
            self.text = text
            place = .span(span)
        }

        /// A scalar of a tree, whose place is found out when it is asked for.
        init(_ shared: SharedTree, _ node: YAMLTree.NodeID) {
            text = shared.tree.text(node)
            place = .node(shared, node)
        }

        var span: SourceSpan {
            switch place {
            case .span(let span): span
            case .node(let shared, let node): shared.tree.span(node)
            }
        }
    }

    /// A thing with what it needs.
    struct Vertex: Sendable {
        var name: Name
        var needs: [Name]
    }

    /// `bundle` or `workflow`.
    let owner: String
    let duplicateCode: ManifestCode
    let mode: KindValidator.Mode

    /// Reports repeated names, unknown and own names among the needs, and cycles.
    func run(_ vertices: [Vertex], _ findings: inout Findings) {
        var first: [String: Name] = [:]
        for vertex in vertices {
            if let earlier = first[vertex.name.text] {
                findings.report(
                    duplicateCode,
                    "'\(vertex.name.text)' is defined twice in this \(owner)",
                    at: vertex.name.span,
                    help: "rename one of the two",
                    related: [.init(message: "first defined here", span: earlier.span)]
                )
            } else {
                first[vertex.name.text] = vertex.name
            }
        }
        for vertex in vertices {
            for need in vertex.needs { check(need, of: vertex, known: first, vertices, &findings) }
        }
        reportCycles(vertices, &findings)
    }

    private func check(
        _ need: Name,
        of vertex: Vertex,
        known: [String: Name],
        _ vertices: [Vertex],
        _ findings: inout Findings
    ) {
        if need.text == vertex.name.text {
            findings.report(
                .selfDependency,
                "'\(vertex.name.text)' depends on itself",
                at: need.span,
                help: "remove the dependency"
            )
            return
        }
        guard known[need.text] == nil, mode == .complete || !PlaceholderText.occurs(in: need.text) else { return }
        findings.report(
            .unknownDependency,
            "'\(vertex.name.text)' depends on '\(need.text)', which this \(owner) does not define",
            at: need.span,
            help: Suggestion.help(for: need.text, among: vertices.map(\.name.text))
        )
    }

    /// Reports each cycle with its whole path, at the dependency with which it begins.
    private func reportCycles(_ vertices: [Vertex], _ findings: inout Findings) {
        var left = vertices
        while let cycle = graph(of: left).cycle(), cycle.count > 1 {
            let start = left.first { $0.name.text == cycle[0] }
            let edge = start?.needs.first { $0.text == cycle[1] }
            findings.report(
                .cycle,
                "the dependencies form a cycle: \(cycle.joined(separator: " -> "))",
                at: edge?.span ?? start?.name.span,
                help: "remove one of these dependencies"
            )
            // What is left may hold another cycle, which is no part of this one.
            let members = Set(cycle)
            left.removeAll { members.contains($0.name.text) }
        }
    }

    private func graph(of vertices: [Vertex]) -> DependencyGraph<String> {
        var graph = DependencyGraph<String>()
        for vertex in vertices {
            graph.add(vertex.name.text, needs: vertex.needs.map(\.text).filter { $0 != vertex.name.text })
        }
        return graph
    }
}
