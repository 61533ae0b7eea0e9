import SheafModel

/// Refuses targets that could be made live once but not as they say.
struct TargetCheck {
    /// Nil deletes everything, which is always possible.
    let desired: ResolvedBundle?
    let live: [ResourceInstance]
    /// Whether it was live before.
    var isReturn = false

    /// - Throws: `EngineError` that names the resources and the way out.
    func run() throws {
        try checkReferences()
        try checkPorts()
        try checkPaths()
        try checkSizes()
        try checkPromise()
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

    /// A port has one holder, and no service can wait for the port of one that waits for it: none could begin.
    private func checkPorts() throws {
        let before = Dictionary(live.map { ($0.resource.id, $0.resource) }) { first, _ in first }
        var graph = DependencyGraph<ResourceID>()
        var claims: [Int: ResourceID] = [:]
        let holders = Dictionary(live.flatMap { old in old.resource.hostPorts.map { ($0, old.resource.id) } }) {
            first,
            _ in first
        }
        for resource in desired?.resources ?? [] {
            // What is kept waits for nothing.
            if before[resource.id] != resource {
                graph.add(resource.id, needs: resource.dependencies.map(\.resource))
            }
            for port in resource.hostPorts {
                if let other = claims[port] {
                    throw EngineError(
                        .inconsistent,
                        .invalidInput,
                        "\(other) and \(resource.id) both have the port \(port)",
                        hint: "give one of them another port"
                    )
                }
                claims[port] = resource.id
                graph.add(resource.id, needs: holders[port].map { $0 == resource.id ? [] : [$0] } ?? [])
            }
        }
        guard let cycle = graph.cycle() else { return }
        throw EngineError(
            .inconsistent,
            .invalidInput,
            "these wait for each other, for a port or to be ready: \(cycle.map(\.description).joined(separator: " -> "))",
            hint: "move one of them to a free port first, and apply again"
        )
    }

    /// A path leads to one service.
    private func checkPaths() throws {
        var claims: [String: ResourceID] = [:]
        for resource in desired?.resources ?? [] {
            guard let path = resource.ingressPath else { continue }
            if let other = claims.updateValue(resource.id, forKey: path) {
                throw EngineError(
                    .inconsistent,
                    .invalidInput,
                    "\(other) and \(resource.id) are both reached at \(path)",
                    hint: "give one of them another ingress path"
                )
            }
        }
    }

    /// A volume can grow and not shrink, except on the way back to what was live before.
    private func checkSizes() throws {
        guard !isReturn else { return }
        let before = Dictionary(live.map { ($0.resource.id, $0.resource) }) { first, _ in first }
        for volume in desired?.resources ?? [] where volume.id.kind == .volume {
            guard let old = before[volume.id]?.volumeSpec, let oldSize = old.sizeInBytes,
                let new = volume.volumeSpec, let newSize = new.sizeInBytes, newSize < oldSize
            else { continue }
            throw EngineError(
                .inconsistent,
                .invalidInput,
                "\(volume.id) would shrink from \(old.size?.scalarText ?? "") to \(new.size?.scalarText ?? "")",
                hint: "a volume can only grow: keep its size, or make a smaller one under another name"
            )
        }
    }

    /// A promise that means nothing is a slip, and somebody would rely on it.
    private func checkPromise() throws {
        guard let desired else { return }
        let promise = UndoPromise(desired)
        let workflows = desired.resources.filter { $0.id.kind == .workflow }.map(\.item)
        let name = "bundle.properties.\(UndoPromise.property)"
        let help = "write the id of a workflow's item and '\(UndoPromise.reversible)': {seed: reversible}"
        if promise.isMalformed { throw EngineError(.inconsistent, .invalidInput, "\(name) is no mapping", hint: help) }
        for (id, word) in promise.items {
            guard workflows.contains(id) else {
                throw EngineError(
                    .inconsistent,
                    .invalidInput,
                    "\(name) names '\(id)', which is no workflow of the bundle",
                    hint: Suggestion.help(for: id, among: workflows) ?? help
                )
            }
            guard word == .string(UndoPromise.reversible) else {
                throw EngineError(
                    .inconsistent,
                    .invalidInput,
                    "\(name) promises of '\(id)' what Sheaf does not know",
                    hint: help
                )
            }
        }
    }
}
