internal import SheafModel

/// Orders resources by what they depend on, and adds the dependencies that references imply.
struct ResourceOrder {
    private(set) var resources: [ResolvedResource]
    private(set) var waves: [[ResourceID]] = []
    private var index: [ResourceID: Int]

    /// Takes resources with distinct identities, in the bundle's order.
    init(_ resources: [ResolvedResource]) {
        self.resources = resources
        index = Dictionary(
            resources.enumerated().map { ($1.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        addImpliedDependencies()
        sort()
    }

    /// What a resource names must be there before it, unless that would close a cycle.
    ///
    /// Only names within a knot of mutual dependencies need a search; all others cannot close a cycle.
    private mutating func addImpliedDependencies() {
        let implied = resources.map { resource in
            let known = Set(resource.dependencies.map(\.resource))
            return resource.references.filter { index[$0] != nil && !known.contains($0) }
        }
        if implied.allSatisfy(\.isEmpty) { return }
        let knots = StrongComponents.of(
            resources.indices.map { position in
                resources[position].dependencies.compactMap { index[$0.resource] }
                    + implied[position].compactMap { index[$0] }
            }
        )
        for position in resources.indices {
            for reference in implied[position] {
                guard let other = index[reference] else { continue }
                if knots[other] != knots[position] || !reaches(from: reference, to: resources[position].id) {
                    resources[position].dependencies.append(Dependency(resource: reference))
                }
            }
        }
    }

    /// Whether a resource depends on another one, directly or not.
    private func reaches(from start: ResourceID, to end: ResourceID) -> Bool {
        if start == end { return true }
        var seen: Set<ResourceID> = [start]
        var left = [start]
        while let next = left.popLast() {
            guard let position = index[next] else { continue }
            for dependency in resources[position].dependencies where seen.insert(dependency.resource).inserted {
                if dependency.resource == end { return true }
                left.append(dependency.resource)
            }
        }
        return false
    }

    private mutating func sort() {
        var graph = DependencyGraph<ResourceID>()
        for resource in resources { graph.add(resource.id, needs: resource.dependencies.map(\.resource)) }
        waves = graph.waves()
        resources = waves.flatMap { $0 }.compactMap { id in index[id].map { resources[$0] } }
        index = Dictionary(
            resources.enumerated().map { ($1.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
