package import SheafModel
import SheafStore

extension Engine {
    /// How what is live of a bundle differs from what was applied; changes nothing.
    ///
    /// An apply of the same bundle repairs all of it.
    /// - Returns: By resource in dependency order, then what is missing of the content; empty without drift, or when
    ///   nothing is live.
    /// - Throws: `StoreError`, or what the executor throws when it cannot look.
    package func drift(of bundle: String) async throws -> [Drift] {
        guard let revision = try store.liveRevision(of: bundle), revision.operation != .delete else { return [] }
        let live = try store.inventory(of: bundle)
        return try await executor.drift(of: live)
            + missingContent(archive: revision.archive, resolved: revision.resolved, resources: live.map(\.resource))
    }

    /// What of a release is not in the content store any more; nothing is missing without a content store.
    func missingContent(archive: Digest?, resolved: Digest?, resources: [ResolvedResource]) -> [Drift] {
        guard let content else { return [] }
        func missing(_ digest: Digest?, _ resource: ResourceID?, _ what: String) -> Drift? {
            guard let digest, !content.holds(digest) else { return nil }
            return Drift(.contentMissing, of: resource, "\(what) is not kept any more", evidence: digest.description)
        }
        let files = resources.flatMap { resource in
            resource.attachments.compactMap { missing($0.digest, resource.id, "the content of \($0.path)") }
        }
        return [missing(archive, nil, "its archive"), missing(resolved, nil, "its resolved bundle")].compactMap(\.self)
            + files
    }

    /// The resources that get a new incarnation although nothing of them differs, each with the reason.
    func renewals(_ live: [ResourceInstance], reruns: Bool) async throws -> Renewals {
        var renewals = Renewals()
        for finding in try await executor.drift(of: live) {
            guard let id = finding.resource else { continue }
            renewals.drifted[id, default: []].append(finding.message)
            if finding.kind.isOfEnded { renewals.ended.insert(id) }
        }
        if reruns { renewals.rerun = live.map(\.resource.id).filter { $0.kind == .workflow } }
        return renewals
    }
}

/// Which resources get a new incarnation although nothing of them differs.
struct Renewals {
    /// What is different from what was applied.
    var drifted: [ResourceID: [String]] = [:]
    /// What does not run any more.
    var ended: Set<ResourceID> = []
    /// The workflows whose jobs are to run again.
    var rerun: [ResourceID] = []

    /// Enough to see what happened; `sheaf drift` has all.
    private static let mostReasons = 3

    var isEmpty: Bool { drifted.isEmpty && rerun.isEmpty }

    /// The reasons as the plan tells them.
    var reasons: [ResourceID: String] {
        var reasons = drifted.mapValues { messages in
            let more = messages.count - Self.mostReasons
            return messages.prefix(Self.mostReasons).joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
        }
        for id in rerun { reasons[id] = "its jobs are to run again" }
        return reasons
    }

    /// What a new start does not interrupt.
    var idle: Set<ResourceID> { ended.union(rerun) }

    /// The workflows of which only the files are made anew: their jobs have done what they had to do.
    var repaired: Set<ResourceID> {
        Set(drifted.keys.filter { $0.kind == .workflow }).subtracting(rerun)
    }
}
