import SheafModel

/// Decides what happens to each resource of a bundle, one after the other in dependency order.
struct ResourceComparison {
    /// Resources that get a new incarnation, or other data, though nothing of them differs, each with the reason.
    let renewed: [ResourceID: String]
    /// The workflows among them whose jobs do not run again, unless something else makes them.
    let repaired: Set<ResourceID>
    /// Resources that are there already outside any bundle, each with the reason why they are taken over.
    let adopted: [ResourceID: String]
    let runsJobs: Bool
    /// Secrets whose values are new or others.
    private var changedSecrets: Set<ResourceID> = []
    /// Volumes that may only be read from now on, or may be written again.
    private var changedVolumes: Set<ResourceID> = []

    /// How many fields a reason names.
    private static let mostNamed = 3

    init(renewed: [ResourceID: String], repaired: Set<ResourceID>, adopted: [ResourceID: String], runsJobs: Bool) {
        self.renewed = renewed
        self.repaired = repaired
        self.adopted = adopted
        self.runsJobs = runsJobs
    }

    /// What happens to a resource.
    ///
    /// - Parameters:
    ///   - before: What is live of it; nil for nothing.
    ///   - after: What is wanted. All that it depends on was compared before.
    /// - Returns: The change, without what follows from it.
    mutating func change(from before: ResolvedResource?, to after: ResolvedResource) -> Change {
        let isSecret = after.id.kind == .secret || after.id.kind == .instanceSecret
        guard let before else {
            if isSecret { changedSecrets.insert(after.id) }
            let data = renewed[after.id].map { [$0] } ?? []
            if let reason = adopted[after.id] {
                return Change(action: .adopt, resource: after.id, reasons: [reason] + data)
            }
            return Change(action: .create, resource: after.id, reasons: ["it is new"] + data)
        }
        let differences = Self.differences(from: before, to: after)
        if isSecret, ReplacementRules.reachUsers(differences) { changedSecrets.insert(after.id) }
        if before.isReadOnlyVolume != after.isReadOnlyVolume { changedVolumes.insert(after.id) }
        let forcing = ReplacementRules.forcing(differences, in: after.id.kind)
        var causes = forcing.isEmpty ? [] : [Self.text(forcing, of: after)]
        if let renewal = renewed[after.id] { causes.append(renewal) }
        // A workload reads its secrets when it starts, so a new value means a new start.
        if after.id.kind.runsProcesses {
            causes += after.references.filter(changedSecrets.contains).map { "it uses \($0), which changes" }
            causes += after.references.filter(changedVolumes.contains).map {
                "it mounts \($0), whose access mode changes"
            }
        }
        return Change(
            action: action(for: after, causes: causes, isChanged: !differences.isEmpty),
            resource: after.id,
            reasons: causes.isEmpty ? Self.reasons(differences, of: after) : causes,
            differences: differences
        )
    }

    private func action(for resource: ResolvedResource, causes: [String], isChanged: Bool) -> Change.Action {
        guard !causes.isEmpty else { return isChanged ? .update : .keep }
        if repaired.contains(resource.id), causes == [renewed[resource.id]] { return .replace }
        return runsJobs && resource.runsWhenApplied ? .run : .replace
    }

    /// The fields of the manifest and the files, then what the resource waits for and what makes it ready.
    private static func differences(from before: ResolvedResource, to after: ResolvedResource) -> [Change.Difference] {
        let fields = FieldComparison.differences(from: before, to: after)
        guard before.dependencies != after.dependencies || before.readiness != after.readiness else { return fields }
        return fields + FieldComparison.differences(from: asked(of: before), to: asked(of: after))
    }

    /// What the bundle says of a resource beside its manifest, as far as the resource itself is changed by it.
    private static func asked(of resource: ResolvedResource) -> JSONValue {
        var values = ["dependencies": JSONValue.array(resource.dependencies.map { .string($0.description) })]
        if let rule = resource.readiness { values["readiness"] = rule.json }
        return .object(values)
    }

    /// Such as `service.logLevel reaches the process`.
    private static func text(_ forcing: [Change.Difference], of resource: ResolvedResource) -> String {
        let names = forcing.prefix(mostNamed).map(\.path)
        let more = forcing.count - names.count
        let list = more > 0 ? "\(names.joined(separator: ", ")) and \(more) more" : names.joined(separator: ", ")
        let what = resource.id.kind == .workflow ? "its jobs" : "the process"
        return "\(list) \(forcing.count == 1 ? "reaches" : "reach") \(what)"
    }

    /// Why a resource is changed in place; nothing for one that is kept.
    private static func reasons(_ differences: [Change.Difference], of resource: ResolvedResource) -> [String] {
        guard !differences.isEmpty else { return [] }
        let count = differences.count == 1 ? "1 field differs" : "\(differences.count) fields differ"
        guard resource.id.kind.runsProcesses else { return [count] }
        return ["\(count), which \(differences.count == 1 ? "does" : "do") not reach what runs"]
    }
}
