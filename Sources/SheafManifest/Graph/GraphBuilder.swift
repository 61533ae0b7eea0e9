package import SheafModel

extension ResourceGraph {
    /// Makes the graph of a resolved bundle; nil when it has errors and so was not resolved.
    ///
    /// - Parameters:
    ///   - resolution: What the resolver gave.
    ///   - includesImplied: Whether dependencies that only names imply are among the edges. Without them waves and the
    ///     critical path are those of the written dependencies alone.
    /// - Complexity: Linear in resources, dependencies and references.
    package init?(_ resolution: Resolution, includesImplied: Bool = true) {
        guard let bundle = resolution.bundle else { return nil }
        self.init(bundle: bundle, links: resolution.links, includesImplied: includesImplied)
    }

    /// Makes the graph of a bundle and what is known of the reasons; a dependency without a reason counts as explicit.
    package init(bundle: ResolvedBundle, links: [ResourceID: [ResourceLink]], includesImplied: Bool = true) {
        self = GraphBuilder(bundle: bundle, links: links, includesImplied: includesImplied).graph()
    }
}

/// Puts a graph together, step by step.
private struct GraphBuilder {
    /// Kinds that do nothing by themselves.
    private static let usedKinds: Set<ResourceKind> = [.secret, .instanceSecret, .volume, .depot, .compute, .stack]
    private static let builtInComputes: Set<String> = ["runnable-default", "query-default"]
    /// More comparisons of names than this are not made.
    private static let suggestionLimit = 200_000

    private let bundle: ResolvedBundle
    private let links: [ResourceID: [ResourceLink]]
    private let position: [ResourceID: Int]
    private var result: ResourceGraph
    /// For each node its edges to what it needs, as positions in `edges`.
    private var incoming: [[Int]]

    init(bundle: ResolvedBundle, links: [ResourceID: [ResourceLink]], includesImplied: Bool) {
        self.bundle = bundle
        self.links = links
        position = Dictionary(
            bundle.resources.enumerated().map { ($1.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        incoming = Array(repeating: [], count: bundle.resources.count)
        result = ResourceGraph(
            bundle: bundle.name,
            nodes: bundle.resources.map {
                ResourceGraph.Node(id: $0.id, item: $0.item, wave: 1, jobs: Self.jobs(of: $0))
            },
            edges: [],
            clusters: [],
            waves: [],
            criticalPath: [],
            externals: [],
            contradictions: [],
            includesImplied: includesImplied
        )
    }

    consuming func graph() -> ResourceGraph {
        addEdges()
        addClusters()
        addWaves()
        addCriticalPath()
        hideWhatNestingRepeats()
        addReferences()
        return result
    }

    // MARK: Edges

    private mutating func addEdges() {
        for (node, resource) in bundle.resources.enumerated() {
            var reasons: [ResourceID: (origin: ResourceGraph.Origin, fields: [String])] = [:]
            for link in links[resource.id] ?? [] {
                var reason = reasons[link.resource] ?? (.implied, [])
                switch link.origin {
                case .declared: reason.origin = .explicit
                case .inherited: if reason.origin != .explicit { reason.origin = .inherited }
                case .contained: if reason.origin == .implied { reason.origin = .contained }
                case .named(let field): reason.fields.append(field)
                }
                reasons[link.resource] = reason
            }
            var places: [Int: Int] = [:]
            for dependency in resource.dependencies {
                guard let other = position[dependency.resource], other < node else { continue }
                let condition = ResourceGraph.Condition(status: dependency.status, runtime: dependency.runtime)
                let hasTest = condition.status != nil || condition.runtime != nil
                if let place = places[other] {
                    if hasTest { result.edges[place].conditions.append(condition) }
                    continue
                }
                let reason = reasons[dependency.resource] ?? (.explicit, [])
                if reason.origin == .implied, !result.includesImplied { continue }
                places[other] = result.edges.count
                incoming[node].append(result.edges.count)
                result.edges.append(
                    ResourceGraph.Edge(
                        from: other,
                        to: node,
                        origin: reason.origin,
                        fields: reason.fields,
                        conditions: hasTest ? [condition] : []
                    )
                )
            }
        }
    }

    /// A nested bundle comes after its items, so it is met from the outside in when read backwards.
    private mutating func addClusters() {
        for node in result.nodes.indices.reversed() where result.nodes[node].id.kind == .bundle {
            let number = result.clusters.count
            result.clusters.append(ResourceGraph.Cluster(node: node, parent: result.nodes[node].cluster))
            result.nodes[node].cluster = number
            for link in links[result.nodes[node].id] ?? [] where link.origin == .contained {
                if let member = position[link.resource] { result.nodes[member].cluster = number }
            }
        }
    }

    private mutating func addWaves() {
        for node in result.nodes.indices {
            result.nodes[node].wave = 1 + (incoming[node].map { result.nodes[result.edges[$0].from].wave }.max() ?? 0)
        }
        result.waves = Array(repeating: [], count: result.nodes.map(\.wave).max() ?? 0)
        for node in result.nodes.indices { result.waves[result.nodes[node].wave - 1].append(node) }
    }

    /// Goes back from the first node of the last wave, along written dependencies where there is a choice.
    private mutating func addCriticalPath() {
        guard var node = result.waves.last?.first else { return }
        result.nodes[node].isCritical = true
        var path = [node]
        while true {
            let wave = result.nodes[node].wave - 1
            let steps = incoming[node].filter { result.nodes[result.edges[$0].from].wave == wave }
            guard let step = steps.first(where: { result.edges[$0].origin != .implied }) ?? steps.first else { break }
            result.edges[step].isCritical = true
            node = result.edges[step].from
            result.nodes[node].isCritical = true
            path.append(node)
        }
        result.criticalPath = path.reversed()
    }

    /// Hides dependencies of nesting that follow from two others.
    ///
    /// Nesting makes every item wait for what its bundle waits for, and the bundle for every item.
    private mutating func hideWhatNestingRepeats() {
        for node in result.nodes.indices {
            let isBundle = result.nodes[node].id.kind == .bundle
            let candidates = incoming[node].filter {
                let origin = result.edges[$0].origin
                return origin == .inherited || origin == .contained || isBundle
            }
            if candidates.isEmpty { continue }
            var reached: Set<Int> = []
            for edge in incoming[node] {
                for step in incoming[result.edges[edge].from] { reached.insert(result.edges[step].from) }
            }
            for edge in candidates where reached.contains(result.edges[edge].from) && !result.edges[edge].isCritical {
                result.edges[edge].isDrawn = false
            }
        }
    }

    // MARK: References

    private mutating func addReferences() {
        var uses: [ResourceID: [ResourceGraph.Use]] = [:]
        var used = Set<Int>()
        for (node, resource) in bundle.resources.enumerated() {
            for dependency in resource.dependencies {
                guard let other = position[dependency.resource], bundle.resources[node].id.kind != .bundle else {
                    continue
                }
                used.insert(other)
            }
            for link in links[resource.id] ?? [] {
                guard case .named(let field) = link.origin else {
                    // Waiting for a bundle's own items is no use of them.
                    if link.origin == .declared, let other = position[link.resource] { used.insert(other) }
                    continue
                }
                let use = ResourceGraph.Use(node: node, field: field)
                guard let other = position[link.resource] else {
                    uses[link.resource, default: []].append(use)
                    continue
                }
                used.insert(other)
                if other > node, !resource.dependencies.contains(where: { $0.resource == link.resource }) {
                    result.contradictions.append(.init(use: use, named: other))
                }
            }
        }
        for node in result.nodes.indices where Self.usedKinds.contains(result.nodes[node].id.kind) {
            result.nodes[node].isUnused = !used.contains(node)
        }
        addExternals(uses)
    }

    private mutating func addExternals(_ uses: [ResourceID: [ResourceGraph.Use]]) {
        let unused = result.nodes.filter(\.isUnused).map(\.id)
        let isSmall = unused.count * uses.count <= Self.suggestionLimit
        var byName: [String: [ResourceID]] = [:]
        for node in result.nodes where Self.usedKinds.contains(node.id.kind) || node.id.kind == .service {
            byName[node.id.name, default: []].append(node.id)
        }
        result.externals = uses.sorted { $0.key < $1.key }.map { id, uses in
            let isBuiltIn =
                id.kind == .compute && Self.builtInComputes.contains(id.name)
                || id.kind == .stack && BuiltInStack(reference: id.name) != nil
            let elsewhere = byName[id.name]?.first { Self.family($0.kind) == Self.family(id.kind) }
            let family = isSmall && !isBuiltIn ? unused.filter { Self.family($0.kind) == Self.family(id.kind) } : []
            let similar = Suggestion.nearest(to: id.name, among: family.map(\.name))
            return ResourceGraph.External(
                id: id,
                uses: uses,
                isBuiltIn: isBuiltIn,
                suggestion: elsewhere ?? similar.flatMap { name in family.first { $0.name == name } }
            )
        }
    }

    private static func family(_ kind: ResourceKind) -> ResourceKind { kind == .instanceSecret ? .secret : kind }

    // MARK: Jobs

    private static func jobs(of resource: ResolvedResource) -> [ResourceGraph.Job] {
        guard resource.id.kind == .workflow else { return [] }
        let dag = resource.section["dag"]?.arrayValue ?? []
        let names = dag.map { $0["name"]?.scalarText ?? "" }
        let numbers = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        return dag.enumerated().map { number, job in
            let needs = (job["dependencies"]?.arrayValue ?? []).compactMap { $0.scalarText.flatMap { numbers[$0] } }
            return ResourceGraph.Job(
                name: names[number],
                stack: job["spec"]?["stack"]?.scalarText,
                dependencies: needs.filter { $0 != number }
            )
        }
    }
}
