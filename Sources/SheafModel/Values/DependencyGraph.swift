/// A directed graph whose edges say "needs".
///
/// Order is stable: nodes keep the order in which they were added wherever the edges leave a choice.
package struct DependencyGraph<Node: Hashable & Sendable>: Sendable {
    /// In the order in which they were added.
    package private(set) var nodes: [Node] = []
    private var needs: [Node: [Node]] = [:]

    package init() {}

    /// Adds a node with what it needs; needed nodes that are not in the graph yet must be added too before ordering.
    package mutating func add(_ node: Node, needs dependencies: [Node] = []) {
        if needs[node] == nil {
            nodes.append(node)
            needs[node] = []
        }
        for dependency in dependencies where needs[node]?.contains(dependency) == false {
            needs[node]?.append(dependency)
        }
    }

    /// What a node needs directly, in the order in which the edges were added.
    package func dependencies(of node: Node) -> [Node] { needs[node] ?? [] }

    /// Groups the nodes into waves: every node stands in the first wave after all that it needs.
    ///
    /// - Returns: The waves in order; nodes of a cycle, and all that need them, are missing from the result.
    /// - Complexity: O(V + E).
    package func waves() -> [[Node]] {
        var missing: [Node: Int] = [:]
        var neededBy: [Node: [Node]] = [:]
        for node in nodes {
            let present = dependencies(of: node).filter { needs[$0] != nil }
            missing[node] = present.count
            for dependency in present { neededBy[dependency, default: []].append(node) }
        }
        let position = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, $0) })
        var waves: [[Node]] = []
        var wave = nodes.filter { missing[$0] == 0 }
        while !wave.isEmpty {
            waves.append(wave)
            var next: [Node] = []
            for node in wave {
                for dependent in neededBy[node] ?? [] {
                    let left = (missing[dependent] ?? 0) - 1
                    missing[dependent] = left
                    if left == 0 { next.append(dependent) }
                }
            }
            wave = next.sorted { (position[$0] ?? 0) < (position[$1] ?? 0) }
        }
        return waves
    }

    /// The nodes so that each follows what it needs; as `waves()`, without the nodes of cycles.
    package func ordered() -> [Node] { waves().flatMap { $0 } }

    /// One cycle as a path that begins and ends with the same node, or nil when there is none.
    package func cycle() -> [Node]? {
        let placed = Set(ordered())
        guard let start = nodes.first(where: { !placed.contains($0) }) else { return nil }
        // Every unplaced node needs another unplaced one, so walking along them must come back.
        var path = [start]
        var seen: [Node: Int] = [start: 0]
        while let last = path.last,
            let next = dependencies(of: last).first(where: { needs[$0] != nil && !placed.contains($0) })
        {
            if let first = seen[next] { return Array(path[first...]) + [next] }
            seen[next] = path.count
            path.append(next)
        }
        return nil
    }
}
