package import SheafModel

/// What depends on what in a bundle, and why: the value that all drawings are made from.
///
/// Nodes stand in dependency order, so every edge leads from a lower to a higher position. Equal resolutions give equal
/// graphs.
package struct ResourceGraph: Hashable, Sendable {
    /// Why one resource waits for another; where several reasons hold, the first of these.
    package enum Origin: String, Codable, Sendable, CaseIterable {
        /// The item lists it.
        case explicit
        /// The bundle that the item stands in lists it.
        case inherited
        /// A bundle waits for its own items.
        case contained
        /// The manifest names it.
        case implied
    }

    /// A resource.
    package struct Node: Hashable, Sendable {
        package var id: ResourceID
        /// The bundle item; items of nested bundles are written `inner/item`.
        package var item: String
        /// From 1: all that the resource waits for stands in earlier waves.
        package var wave: Int
        /// The position in `clusters` of the nested bundle that it belongs to; a nested bundle belongs to its own.
        package var cluster: Int?
        package var isCritical = false
        /// Whether it is of a kind that exists to be used, and nothing in the bundle uses it.
        package var isUnused = false
        /// The jobs of a workflow, in the order of its manifest.
        package var jobs: [Job] = []
    }

    /// A job of a workflow.
    package struct Job: Hashable, Sendable {
        package var name: String
        package var stack: String?
        /// Positions in the workflow's list of jobs.
        package var dependencies: [Int]
    }

    /// What a dependency waits for; both nil where `active` is meant.
    package struct Condition: Hashable, Sendable, Codable {
        package var status: StateTest?
        package var runtime: StateTest?
    }

    /// That the resource `to` waits for the resource `from`; both are positions in `nodes`.
    package struct Edge: Hashable, Sendable {
        package var from: Int
        package var to: Int
        package var origin: Origin
        /// Where the manifest of `to` names `from`, such as `service.dataosSecrets[0].name`; also of explicit ones.
        package var fields: [String]
        /// All must hold; empty where `active` is meant.
        package var conditions: [Condition]
        package var isCritical = false
        /// Whether drawings show it: what nesting adds is left out where other edges say the same.
        package var isDrawn = true
    }

    /// A bundle in the bundle.
    package struct Cluster: Hashable, Sendable {
        /// The position of the nested bundle itself.
        package var node: Int
        /// The position in `clusters` of the bundle around it.
        package var parent: Int?
    }

    /// A place that names a resource: the position of the naming resource, and the field.
    package struct Use: Hashable, Sendable {
        package var node: Int
        package var field: String
    }

    /// A resource that manifests name and that the bundle does not hold.
    package struct External: Hashable, Sendable {
        package var id: ResourceID
        package var uses: [Use]
        /// Whether every installation has it, such as the stack `container`.
        package var isBuiltIn: Bool
        /// A resource of the bundle that may be meant: of that name elsewhere, or unused and of a similar name.
        package var suggestion: ResourceID?
    }

    /// That a resource names another one which nevertheless comes after it.
    package struct Contradiction: Hashable, Sendable {
        package var use: Use
        /// The position of the resource that is named, and comes later.
        package var named: Int
    }

    package var bundle: String
    package var nodes: [Node]
    package var edges: [Edge]
    package var clusters: [Cluster]
    /// Positions of nodes.
    package var waves: [[Int]]
    /// One longest chain, from its first to its last node; each node counts as one.
    package var criticalPath: [Int]
    /// By kind and name.
    package var externals: [External]
    package var contradictions: [Contradiction]
    /// Whether dependencies that only names imply are among the edges.
    package var includesImplied: Bool

    /// The positions of what is there to be used, and is not.
    package var unused: [Int] { nodes.indices.filter { nodes[$0].isUnused } }

    /// How many edges have an origin.
    package func count(of origin: Origin) -> Int { edges.count { $0.origin == origin } }
}

extension ResourceGraph.Condition: CustomStringConvertible {
    /// Such as `status is active and runtime is running:1 or contains run`.
    package var description: String {
        [("status", status), ("runtime", runtime)].compactMap { name, test in
            test.map { "\(name) \(Self.words($0))" }
        }.joined(separator: " and ")
    }

    private static func words(_ test: StateTest) -> String {
        let exact = test.is.isEmpty ? nil : "is \(test.is.joined(separator: "|"))"
        let parts = test.contains.isEmpty ? nil : "contains \(test.contains.joined(separator: "|"))"
        return [exact, parts].compactMap { $0 }.joined(separator: " or ")
    }
}
