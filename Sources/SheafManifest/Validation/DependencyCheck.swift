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

    /// More cycles than this are not told one by one.
    private static let cycleLimit = 100

    /// Reports repeated names, unknown and own names among the needs, and cycles.
    ///
    /// - Complexity: Linear, but for cycles.
    func run(_ vertices: [Vertex], _ findings: inout Findings) {
        if vertices.count == 1, vertices[0].needs.isEmpty { return }
        var numbers: [String: Int32] = [:]
        numbers.reserveCapacity(vertices.count)
        for (number, vertex) in vertices.enumerated() {
            if let earlier = numbers.updateValue(Int32(number), forKey: vertex.name.text) {
                // The first one counts.
                numbers[vertex.name.text] = earlier
                findings.report(
                    duplicateCode,
                    "'\(vertex.name.text)' is defined twice in this \(owner)",
                    at: vertex.name.span,
                    help: "rename one of the two",
                    related: [.init(message: "first defined here", span: vertices[Int(earlier)].name.span)]
                )
            }
        }
        var needs: [[Int32]] = []
        needs.reserveCapacity(vertices.count)
        for vertex in vertices {
            needs.append(
                vertex.needs.compactMap { need in
                    let number = numbers[need.text]
                    if number == nil || need.text == vertex.name.text { refuse(need, of: vertex, vertices, &findings) }
                    return need.text == vertex.name.text ? nil : number
                }
            )
        }
        reportCycles(Self.inOrBeforeCycles(needs).map { vertices[$0] }, &findings)
    }

    /// The vertices that are left when all that wait for nothing are taken away, again and again.
    private static func inOrBeforeCycles(_ needs: [[Int32]]) -> [Int] {
        var waiting = needs.map(\.count)
        var starts = [Int32](repeating: 0, count: needs.count + 1)
        for targets in needs {
            for target in targets { starts[Int(target) + 1] += 1 }
        }
        for index in needs.indices { starts[index + 1] += starts[index] }
        var users = [Int32](repeating: 0, count: Int(starts[needs.count]))
        var next = starts
        for (index, targets) in needs.enumerated() {
            for target in targets {
                users[Int(next[Int(target)])] = Int32(index)
                next[Int(target)] += 1
            }
        }
        var free = needs.indices.filter { waiting[$0] == 0 }
        var left = needs.count
        while let index = free.popLast() {
            left -= 1
            for place in starts[index]..<starts[index + 1] {
                let user = Int(users[Int(place)])
                waiting[user] -= 1
                if waiting[user] == 0 { free.append(user) }
            }
        }
        return left == 0 ? [] : needs.indices.filter { waiting[$0] > 0 }
    }

    private func refuse(_ need: Name, of vertex: Vertex, _ vertices: [Vertex], _ findings: inout Findings) {
        if need.text == vertex.name.text {
            findings.report(
                .selfDependency,
                "'\(vertex.name.text)' depends on itself",
                at: need.span,
                help: "remove the dependency"
            )
            return
        }
        guard mode == .complete || !PlaceholderText.occurs(in: need.text) else { return }
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
        var count = 0
        while count < Self.cycleLimit, let cycle = graph(of: left).cycle(), cycle.count > 1 {
            count += 1
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
