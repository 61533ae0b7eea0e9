internal import SheafModel

/// The words that all drawings use for the same thing.
enum GraphWords {
    /// A number with its noun, in the plural where that is right.
    static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
        "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// Such as `9 resources in 5 waves, 14 dependencies: 11 written, 3 implied`.
    static func summary(_ graph: ResourceGraph) -> String {
        let parts = [
            (graph.count(of: .explicit), "written"), (graph.count(of: .implied), "implied"),
            (graph.count(of: .inherited) + graph.count(of: .contained), "by nesting"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let edges = count(graph.edges.count, "dependency", plural: "dependencies")
        return count(graph.nodes.count, "resource") + " in " + count(graph.waves.count, "wave") + ", " + edges
            + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
    }

    /// Until when and why, such as `runtime is succeeded; named in service.envs.URL`; may be empty.
    static func reason(_ edge: ResourceGraph.Edge) -> String {
        let conditions = edge.conditions.map(\.description).joined(separator: " and ")
        let reason: String? =
            switch edge.origin {
            case .explicit: nil
            case .inherited: "the bundle around it waits"
            case .contained: "an item of the bundle"
            case .implied: "named in \(fields(edge.fields))"
            }
        return [conditions.isEmpty ? nil : conditions, reason].compactMap { $0 }.joined(separator: "; ")
    }

    /// The first field, and how many more there are.
    static func fields(_ fields: [String]) -> String {
        let first = fields.first ?? ""
        return fields.count > 1 ? "\(first) and \(count(fields.count - 1, "other place"))" : first
    }

    /// One line for a reference that nothing in the bundle satisfies.
    static func users(of external: ResourceGraph.External, in graph: ResourceGraph) -> String {
        let users = Set(external.uses.map(\.node)).sorted()
        guard users.count == 1, let only = users.first else { return "named by \(count(users.count, "resource"))" }
        return "named by \(graph.nodes[only].id) in \(fields(external.uses.map(\.field)))"
    }

    /// What may be meant, as a question.
    static func question(_ external: ResourceGraph.External) -> String? {
        external.suggestion.map { "did you mean \($0)?" }
    }

    /// One sentence for a name that is against the order.
    static func contradiction(_ contradiction: ResourceGraph.Contradiction, in graph: ResourceGraph) -> String {
        let user = graph.nodes[contradiction.use.node].id, named = graph.nodes[contradiction.named].id
        return "\(user) names \(named) in \(contradiction.use.field), but comes before it"
    }

    /// The text on one line: control characters, and those that reorder a line, become U+FFFD.
    static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(isUnsafe(scalar) ? "\u{FFFD}" : scalar) }
        return String(result)
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        PrintableText.isUnsafe(scalar) || (0xFFFE...0xFFFF).contains(scalar.value)
    }
}
