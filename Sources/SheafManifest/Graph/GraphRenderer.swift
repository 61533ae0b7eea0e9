internal import FoundationEssentials
package import SheafModel

/// Writes the graph of a bundle; equal bundles give equal text.
package struct GraphRenderer {
    /// Renders the graph, with a line feed at its end.
    ///
    /// - Throws: `EncodingError`, never for bundles that a resolver made.
    package static func render(_ bundle: ResolvedBundle, as format: GraphFormat) throws -> String {
        switch format {
        case .text: text(bundle)
        case .dot: dot(bundle)
        case .mermaid: mermaid(bundle)
        case .json: try json(bundle)
        }
    }

    // MARK: For people

    private static func text(_ bundle: ResolvedBundle) -> String {
        let resources = count(bundle.resources.count, "resource")
        var lines = ["bundle \(bundle.name): \(resources) in \(count(bundle.waves.count, "wave"))"]
        let byID = Dictionary(bundle.resources.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let width = bundle.resources.map { $0.id.description.count }.max() ?? 0
        for (number, wave) in bundle.waves.enumerated() {
            for id in wave {
                let needs = (byID[id]?.dependencies ?? []).map(describe)
                let name = id.description
                let padding = String(repeating: " ", count: width - name.count)
                let tail = needs.isEmpty ? "" : "\(padding)  after \(needs.joined(separator: ", "))"
                lines.append("  \(number + 1)  \(name)\(tail)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    private static func describe(_ dependency: Dependency) -> String {
        let condition = condition(dependency)
        return condition.isEmpty ? dependency.resource.description : "\(dependency.resource) (\(condition))"
    }

    /// What a dependency waits for; empty for the default, `active`.
    private static func condition(_ dependency: Dependency) -> String {
        [("status", dependency.status), ("runtime", dependency.runtime)].compactMap { name, test in
            test.map { "\(name) \(describe($0))" }
        }.joined(separator: " and ")
    }

    private static func describe(_ test: StateTest) -> String {
        let exact = test.is.isEmpty ? nil : "is \(test.is.joined(separator: "|"))"
        let parts = test.contains.isEmpty ? nil : "contains \(test.contains.joined(separator: "|"))"
        return [exact, parts].compactMap { $0 }.joined(separator: " or ")
    }

    // MARK: For drawing programs

    private static func dot(_ bundle: ResolvedBundle) -> String {
        var lines = ["digraph \(quoted(bundle.name)) {", "  rankdir=LR;", "  node [shape=box];"]
        for resource in bundle.resources { lines.append("  \(quoted(resource.id.description));") }
        for resource in bundle.resources {
            for dependency in resource.dependencies {
                let condition = condition(dependency)
                let label = condition.isEmpty ? "" : " [label=\(quoted(condition))]"
                lines.append(
                    "  \(quoted(dependency.resource.description)) -> \(quoted(resource.id.description))\(label);"
                )
            }
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.map { character in
            switch character {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            default: String(character)
            }
        }
        return "\"\(escaped.joined())\""
    }

    private static func mermaid(_ bundle: ResolvedBundle) -> String {
        let numbers = Dictionary(
            bundle.resources.enumerated().map { ($1.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var lines = ["flowchart LR"]
        for (number, resource) in bundle.resources.enumerated() {
            lines.append("  r\(number)[\"\(entities(resource.id.description))\"]")
        }
        for (number, resource) in bundle.resources.enumerated() {
            for dependency in resource.dependencies {
                guard let other = numbers[dependency.resource] else { continue }
                let condition = entities(condition(dependency))
                lines.append("  r\(other) -->\(condition.isEmpty ? "" : "|\"\(condition)\"|") r\(number)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func entities(_ text: String) -> String {
        text.map { character in
            switch character {
            case "\"": "#quot;"
            case "<": "#lt;"
            case ">": "#gt;"
            case "\n": " "
            default: String(character)
            }
        }.joined()
    }

    // MARK: For programs

    private struct Graph: Encodable {
        struct Node: Encodable {
            var id: ResourceID
            var item: String
            var wave: Int
        }

        struct Edge: Encodable {
            var from: ResourceID
            var to: ResourceID
            var status: StateTest?
            var runtime: StateTest?
        }

        var bundle: String
        var nodes: [Node]
        var edges: [Edge]
    }

    private static func json(_ bundle: ResolvedBundle) throws -> String {
        var wave: [ResourceID: Int] = [:]
        for (number, ids) in bundle.waves.enumerated() {
            for id in ids { wave[id] = number + 1 }
        }
        let graph = Graph(
            bundle: bundle.name,
            nodes: bundle.resources.map { .init(id: $0.id, item: $0.item, wave: wave[$0.id] ?? 0) },
            edges: bundle.resources.flatMap { resource in
                resource.dependencies.map {
                    .init(from: $0.resource, to: resource.id, status: $0.status, runtime: $0.runtime)
                }
            }
        )
        return String(decoding: try CanonicalJSON.pretty(graph), as: UTF8.self) + "\n"
    }
}
