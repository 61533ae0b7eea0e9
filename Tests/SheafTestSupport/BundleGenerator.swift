package import SheafModel

/// Makes bundles of random shape, and upgrades of them; equal seeds give equal bundles.
///
/// Every bundle can be applied: each resource follows what it needs and uses, no two services have the same port, and
/// an upgrade asks for no exchange of ports.
package struct BundleGenerator {
    private var random: SeededRandom
    private var named = 0
    private var lastPort: Int64 = 20_000

    package init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// A bundle of which the generator still knows the parts.
    package struct Draft: Sendable {
        fileprivate var parts: [Part]

        /// In dependency order.
        package var resources: [ResolvedResource] { parts.map(\.resource) }

        /// As a bundle that makes the workspaces that it needs.
        package func bundle(named name: String) -> ResolvedBundle {
            var bundle = BundleBuilder.bundle(resources, name: name)
            let names = Set(parts.compactMap(\.id.workspace)).subtracting(["public"])
            bundle.workspaces = names.sorted().map { ResolvedBundle.Workspace(name: $0, description: nil) }
            return bundle
        }
    }

    fileprivate struct Part: Sendable {
        var id: ResourceID
        var text: String
        /// Reaches nothing that runs.
        var owner = 0
        var port: Int64?
        var needs: [Dependency] = []
        var uses: [ResourceID] = []

        var resource: ResolvedResource {
            var section: [String: JSONValue] = ["text": .string(text)]
            if let port { section["servicePort"] = .integer(port) }
            var resource = BundleBuilder.resource(id.kind, id.name, section: section, uses: uses)
            resource.id = id
            resource.dependencies = needs
            // Items of nested bundles have their bundle's name before their own.
            resource.item = id.name.hasSuffix("0") ? "inner/\(id.name)" : id.name
            return resource.owned(by: "user \(owner)")
        }
    }

    /// Kinds by how often they come.
    private static let kinds: [ResourceKind] = [
        .worker, .worker, .worker, .worker, .worker, .service, .service, .service, .service, .secret, .secret, .secret,
        .volume, .volume, .volume, .workflow, .workflow, .depot, .policy, .compute, .monitor,
    ]
    private static let workspaces = ["public", "public", "inner", "outer"]

    /// A bundle of 5 to 40 resources.
    package mutating func draft() -> Draft {
        var draft = Draft(parts: [])
        for _ in 0..<(5 + random.below(36)) { draft.parts.append(part(after: draft.parts)) }
        return draft
    }

    /// What the next version of a bundle might be: some resources added, removed, changed, in place or not, moved,
    /// with ports exchanged.
    package mutating func upgrade(_ draft: Draft) -> Draft {
        var parts = draft.parts
        remove(from: &parts)
        for index in parts.indices where random.below(3) == 0 { parts[index].text = "text \(random.below(1_000_000))" }
        for index in parts.indices where random.below(5) == 0 { parts[index].owner += 1 }
        movePorts(of: draft.parts, in: &parts)
        for _ in 0..<random.below(6) where parts.count < 40 { parts.append(part(after: parts)) }
        if random.below(2) == 0 { reorder(&parts) }
        // An upgrade that changes nothing would test nothing.
        if parts.map(\.resource) == draft.resources { parts[parts.count - 1].text += "!" }
        return Draft(parts: parts)
    }

    private mutating func part(after others: [Part]) -> Part {
        let kind = Self.kinds[random.below(Self.kinds.count)]
        named += 1
        let workspace = Self.workspaces[random.below(Self.workspaces.count)]
        let id = ResourceID(kind: kind, workspace: workspace, name: "\(kind.rawValue)-\(named)")
        var part = Part(id: id, text: "text \(random.below(1_000_000))")
        if kind == .service { part.port = freePort() }
        guard !others.isEmpty else { return part }
        for _ in 0..<random.below(4) {
            let other = others[random.below(others.count)].id
            if !part.needs.contains(where: { $0.resource == other }) { part.needs.append(condition(on: other)) }
        }
        if [.worker, .service, .workflow].contains(kind) {
            let usable = others.map(\.id).filter { [.secret, .volume].contains($0.kind) }
            for _ in 0..<random.below(3) where !usable.isEmpty {
                let used = usable[random.below(usable.count)]
                if !part.uses.contains(used) { part.uses.append(used) }
            }
        }
        return part
    }

    private mutating func freePort() -> Int64 {
        lastPort += 1
        return lastPort
    }

    private mutating func condition(on other: ResourceID) -> Dependency {
        switch (other.kind, random.below(3)) {
        case (.worker, 0), (.service, 0): Dependency(resource: other, runtime: StateTest(is: ["running:1"]))
        case (.worker, 1), (.service, 1): Dependency(resource: other, runtime: StateTest(contains: ["running"]))
        case (.workflow, 0): Dependency(resource: other, runtime: StateTest(is: ["succeeded"]))
        case (_, 1): Dependency(resource: other, status: StateTest(is: ["active", "ready"]))
        default: Dependency(resource: other)
        }
    }

    private mutating func remove(from parts: inout [Part]) {
        for _ in 0..<random.below(1 + parts.count / 4) where parts.count > 3 {
            let gone = parts.remove(at: random.below(parts.count)).id
            for index in parts.indices {
                parts[index].needs.removeAll { $0.resource == gone }
                parts[index].uses.removeAll { $0 == gone }
            }
        }
    }

    /// Lets services move to new ports, and to those of services that are gone or have moved.
    private mutating func movePorts(of before: [Part], in parts: inout [Part]) {
        let staying = Set(parts.map(\.id))
        var free = before.filter { !staying.contains($0.id) }.compactMap(\.port)
        for index in parts.indices where parts[index].port != nil {
            guard random.below(2) == 0, let old = parts[index].port else { continue }
            let place = random.below(free.count)
            parts[index].port = free.isEmpty ? freePort() : free[place]
            // Neither the upgrade nor the way back may be one that could not begin.
            guard Self.canBegin(from: before, to: parts), Self.canBegin(from: parts, to: before) else {
                parts[index].port = old
                continue
            }
            if !free.isEmpty { free.remove(at: place) }
            free.append(old)
        }
    }

    /// Whether no service has to wait for the port of one that waits for it.
    private static func canBegin(from before: [Part], to after: [Part]) -> Bool {
        var graph = DependencyGraph<ResourceID>()
        for part in after {
            let givers = before.filter { part.port != nil && $0.port == part.port && $0.id != part.id }
            graph.add(part.id, needs: part.needs.map(\.resource) + givers.map(\.id))
        }
        return graph.cycle() == nil
    }

    /// Puts the parts into another order in which each still follows what it needs and uses.
    private mutating func reorder(_ parts: inout [Part]) {
        var left = parts
        var placed: Set<ResourceID> = []
        parts = []
        while !left.isEmpty {
            let ready = left.indices.filter { index in
                (left[index].needs.map(\.resource) + left[index].uses).allSatisfy(placed.contains)
            }
            // Something always is: the parts came in such an order.
            let next = left.remove(at: ready[random.below(ready.count)])
            placed.insert(next.id)
            parts.append(next)
        }
    }
}
