import FoundationEssentials
import SheafArchive
import SheafEngine
import SheafModel
import SheafStore

/// Takes over into a scratch home what a rehearsal begins with: what is live of the bundle, and what others have that it
/// uses.
struct RehearsalSeed {
    let real: CommandContext
    let scratch: CommandContext

    /// The name of the bundle that stands for all others, which no manifest can have.
    static let neighbours = "(others)"

    /// What is live of a bundle in the real home; nil when nothing is, or there is no home.
    ///
    /// - Throws: `StoreError`, or what the content store throws.
    func live(_ bundle: String) throws -> (revision: Revision, bundle: ResolvedBundle)? {
        guard let store = try real.existingStore(), let revision = try store.liveRevision(of: bundle),
            let resolved = revision.resolved
        else { return nil }
        let bytes = try real.content.content(resolved)
        let live = try CanonicalJSON.decode(ResolvedBundle.self, from: Data(bytes))
        return (revision, try takenOver(live))
    }

    /// The workspaces of the real home, and what other bundles have that these use: secrets, volumes, declarations.
    ///
    /// Volumes of others are empty in a rehearsal, and their workloads do not run in it.
    /// - Returns: nil when nothing is needed.
    /// - Throws: As `live(_:)`.
    func neighbours(of bundles: [ResolvedBundle]) throws -> ResolvedBundle? {
        guard let store = try real.existingStore() else { return nil }
        let own = Set(bundles.flatMap(\.resources).map(\.id))
        for id in own.sorted() where try store.liveResource(id, besidesThoseOf: bundles.first?.name) != nil {
            throw RehearsalProblem.foreign(id)
        }
        var wanted = bundles.flatMap(\.resources).flatMap(\.references).filter { !own.contains($0) }
        var found: [ResourceID: ResolvedResource] = [:]
        while let id = wanted.popLast() {
            guard found[id] == nil, !own.contains(id), ![.service, .worker, .workflow].contains(id.kind),
                var resource = try store.liveResource(id)?.resource
            else { continue }
            wanted += resource.references
            // What it waits for does not run here.
            resource.dependencies = []
            found[id] = resource
        }
        let known = try scratch.store().workspaces().union(bundles.flatMap(\.workspaces).map(\.name))
        let workspaces = try store.workspaces().subtracting(known).sorted().map { ResolvedBundle.Workspace(name: $0) }
        guard !found.isEmpty || !workspaces.isEmpty else { return nil }
        let resources = found.values.sorted { $0.id < $1.id }
        return try takenOver(
            ResolvedBundle(
                name: Self.neighbours,
                manifest: .object(["name": .string(Self.neighbours)]),
                workspaces: workspaces,
                resources: resources,
                waves: [resources.map(\.id)]
            )
        )
    }

    /// Keeps the files of a bundle in the scratch home, and seals its secrets with the key of that home.
    private func takenOver(_ bundle: ResolvedBundle) throws -> ResolvedBundle {
        for digest in bundle.contents.sorted() { try scratch.content.keep(real.content.content(digest)) }
        return try bundle.mapTexts { text in
            try SealedSecret.replace(in: text) { secret in
                try scratch.keys.sealingKey().seal(real.keys.open(secret), of: secret.name).text
            }
        }
    }
}
