import SheafModel
import SheafStore

/// Finds wanted resources that are there already although no bundle has them, such as the data of a volume.
///
/// What the bundle itself has left when it was deleted is its own and is taken over again. Anything else is only taken
/// over where the user says so: nobody wants a bundle to go on with somebody's data by accident.
struct Adoption {
    /// Nil where nothing was ever applied.
    let store: Store?
    let executor: any Executor

    /// Why resources are adopted, by identity.
    ///
    /// - Parameters:
    ///   - target: What is wanted.
    ///   - live: What the bundle has live.
    /// - Throws: `EngineError` that names what is there and belongs to nobody; what the executor throws.
    /// - Returns: Only what is there already and is taken over.
    func reasons(for target: Target, live: [ResourceInstance]) async throws -> [ResourceID: String] {
        let owned = Set(live.map(\.resource.id))
        var found: [(id: ResourceID, what: String)] = []
        for resource in target.desired?.resources ?? [] where !owned.contains(resource.id) {
            guard let what = try await executor.existing(resource) else { continue }
            // What another bundle has live is refused elsewhere, by its owner's name.
            guard try store?.liveResource(resource.id, besidesThoseOf: target.bundle) == nil else { continue }
            found.append((resource.id, what))
        }
        guard !found.isEmpty else { return [:] }
        let retained = try store?.retained(by: target.bundle) ?? []
        let foreign = found.filter { !retained.contains($0.id) && !target.adopts }
        guard foreign.isEmpty else { throw Self.refusal(foreign) }
        return Dictionary(
            found.map { id, what in
                let why = retained.contains(id) ? "it was kept when it was deleted" : "it is there already"
                return (id, "\(why): \(what)")
            }
        ) { first, _ in first }
    }

    private static func refusal(_ foreign: [(id: ResourceID, what: String)]) -> EngineError {
        EngineError(
            .existsAlready,
            .refused,
            foreign.count == 1
                ? "a resource is there already and belongs to no bundle"
                : "\(foreign.count) resources are there already and belong to no bundle",
            hint: "take over what is there with --adopt, or move it away",
            details: foreign.map { "\($0.id): \($0.what)" }
        )
    }
}
