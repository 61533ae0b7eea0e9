import SheafModel

/// Refuses targets that could be made live once but not as they say.
struct TargetCheck {
    /// Nil deletes everything, which is always possible.
    let desired: ResolvedBundle?
    let live: [ResourceInstance]

    /// - Throws: `EngineError` that names the resources and the way out.
    func run() throws {
        try checkReferences()
        try checkPorts()
    }

    /// A secret or a volume that leaves the bundle must not be used by what stays in it.
    private func checkReferences() throws {
        guard let desired else { return }
        let leaving = Set(live.map(\.resource.id)).subtracting(desired.resources.map(\.id))
        for resource in desired.resources {
            let lost = resource.references.first {
                leaving.contains($0) && [.secret, .instanceSecret, .volume].contains($0.kind)
            }
            guard let lost else { continue }
            throw EngineError(
                .inconsistent,
                .invalidInput,
                "\(resource.id) uses \(lost), which is no longer in the bundle",
                hint: "keep \(lost) in the bundle, or change \(resource.id) too"
            )
        }
    }

    /// A port has one holder, and services cannot exchange their ports in one step: none could begin.
    private func checkPorts() throws {
        var graph = DependencyGraph<ResourceID>()
        var claims: [Int: ResourceID] = [:]
        let holders = Dictionary(live.compactMap { old in old.resource.hostPort.map { ($0, old.resource.id) } }) {
            first,
            _ in first
        }
        for resource in desired?.resources ?? [] {
            guard let port = resource.hostPort else { continue }
            if let other = claims[port] {
                throw EngineError(
                    .inconsistent,
                    .invalidInput,
                    "\(other) and \(resource.id) both have the port \(port)",
                    hint: "give one of them another servicePort"
                )
            }
            claims[port] = resource.id
            graph.add(resource.id, needs: holders[port].map { $0 == resource.id ? [] : [$0] } ?? [])
        }
        guard let cycle = graph.cycle() else { return }
        throw EngineError(
            .inconsistent,
            .invalidInput,
            "these services exchange their ports: \(cycle.map(\.description).joined(separator: " -> "))",
            hint: "move one of them to a free port first, and apply again"
        )
    }
}
