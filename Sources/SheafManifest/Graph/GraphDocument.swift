internal import FoundationEssentials
internal import SheafModel

/// The form `json`: all that is known of a graph, for programs.
struct GraphDocument: Encodable {
    struct Node: Encodable {
        var id: ResourceID
        var kind: ResourceKind
        var item: String
        var wave: Int
        /// The nested bundle that the resource is an item of.
        var bundle: ResourceID?
        var isCritical: Bool
        var isUnused: Bool
        var jobs: [Job]?
    }

    struct Job: Encodable {
        var name: String
        var stack: String?
        var dependencies: [String]
    }

    struct Edge: Encodable {
        var from: ResourceID
        var to: ResourceID
        var origin: ResourceGraph.Origin
        var fields: [String]?
        var conditions: [ResourceGraph.Condition]?
        var isCritical: Bool
    }

    struct Use: Encodable {
        var resource: ResourceID
        var field: String
    }

    struct External: Encodable {
        var id: ResourceID
        var isBuiltIn: Bool
        var uses: [Use]
        var suggestion: ResourceID?
    }

    struct Contradiction: Encodable {
        var resource: ResourceID
        var field: String
        var names: ResourceID
    }

    var bundle: String
    var nodes: [Node]
    var edges: [Edge]
    var waves: [[ResourceID]]
    var criticalPath: [ResourceID]
    var external: [External]
    var unused: [ResourceID]
    var contradictions: [Contradiction]

    init(_ graph: ResourceGraph, showsJobs: Bool) {
        func id(_ node: Int) -> ResourceID { graph.nodes[node].id }
        bundle = graph.bundle
        nodes = graph.nodes.enumerated().map { number, node in
            // A nested bundle is drawn in its own box, and is an item of the bundle around that.
            let cluster = node.cluster.flatMap { graph.clusters[$0].node == number ? graph.clusters[$0].parent : $0 }
            return Node(
                id: node.id,
                kind: node.id.kind,
                item: node.item,
                wave: node.wave,
                bundle: cluster.map { id(graph.clusters[$0].node) },
                isCritical: node.isCritical,
                isUnused: node.isUnused,
                jobs: showsJobs && !node.jobs.isEmpty ? Self.jobs(node.jobs) : nil
            )
        }
        edges = graph.edges.map {
            Edge(
                from: id($0.from),
                to: id($0.to),
                origin: $0.origin,
                fields: $0.fields.isEmpty ? nil : $0.fields,
                conditions: $0.conditions.isEmpty ? nil : $0.conditions,
                isCritical: $0.isCritical
            )
        }
        waves = graph.waves.map { $0.map(id) }
        criticalPath = graph.criticalPath.map(id)
        external = graph.externals.map { external in
            External(
                id: external.id,
                isBuiltIn: external.isBuiltIn,
                uses: external.uses.map { Use(resource: id($0.node), field: $0.field) },
                suggestion: external.suggestion
            )
        }
        unused = graph.unused.map(id)
        contradictions = graph.contradictions.map {
            Contradiction(resource: id($0.use.node), field: $0.use.field, names: id($0.named))
        }
    }

    private static func jobs(_ jobs: [ResourceGraph.Job]) -> [Job] {
        jobs.map { Job(name: $0.name, stack: $0.stack, dependencies: $0.dependencies.map { jobs[$0].name }) }
    }

    func text() throws -> String { String(decoding: try CanonicalJSON.pretty(self), as: UTF8.self) + "\n" }
}
