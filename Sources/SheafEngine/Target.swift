import FoundationEssentials
package import SheafModel

/// What shall be live of a bundle, and where it comes from.
package struct Target: Sendable {
    package var bundle: String
    package var operation: Revision.Operation
    /// Nil deletes everything.
    package var desired: ResolvedBundle?
    /// The revision that a rollback restores.
    package var restores: Int?
    package var archive: Digest?
    package var resolved: Digest?
    package var version: String?
    package var provenance: Provenance?
    /// The environment that the bundle was filled in for.
    package var environment: String?
    /// The files and settings that its values came from.
    package var valueSources: [String]?
    /// Whether the workflows run again although nothing of them differs.
    package var reruns = false
    /// Whether what is there already and belongs to no bundle is taken over.
    package var adopts = false
    /// Whether a rollback also puts back the data that its volumes had then.
    package var restoresData = false

    /// What an archive holds.
    package static func apply(
        _ desired: ResolvedBundle,
        archive: Digest,
        resolved: Digest,
        version: String?,
        provenance: Provenance?
    ) -> Target {
        Target(
            bundle: desired.name,
            operation: .apply,
            desired: desired,
            archive: archive,
            resolved: resolved,
            version: version,
            provenance: provenance
        )
    }

    /// Nothing.
    package static func delete(_ bundle: String) -> Target {
        Target(bundle: bundle, operation: .delete)
    }

    /// What an earlier revision had.
    ///
    /// - Parameters:
    ///   - revision: One that was live.
    ///   - content: Has the resolved bundle of the revision.
    /// - Returns: What makes it live again.
    /// - Throws: The content source's `SheafError` when the resolved bundle is lost.
    package static func restore(_ revision: Revision, from content: any ContentSource) throws -> Target {
        var target = Target(bundle: revision.bundle, operation: .rollback, restores: revision.number)
        target.archive = revision.archive
        target.resolved = revision.resolved
        target.version = revision.version
        target.provenance = revision.provenance
        target.environment = revision.environment
        target.valueSources = revision.valueSources
        if let resolved = revision.resolved {
            target.desired = try CanonicalJSON.decode(ResolvedBundle.self, from: Data(content.content(resolved)))
        }
        return target
    }

    /// Whether carrying it out would make nothing but a revision like the live one.
    ///
    /// Equal digests are equal resources, so that none of them has to be read and compared; what does not run any more
    /// does not count here.
    package func isLive(as live: Revision?) -> Bool {
        guard let live else { return false }
        return archive == live.archive && resolved == live.resolved
            && (live.operation == .delete) == (desired == nil)
    }

    /// Whom the bundle names as the one who manages it, and owns what names no owner.
    private var manager: String? {
        desired?.manifest["bundle"]?["manageAsUser"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }

    func revision(_ number: Int, author: String, at now: Date, message: String?) -> Revision {
        Revision(
            bundle: bundle,
            number: number,
            operation: operation,
            restores: restores,
            state: .pending,
            archive: archive,
            resolved: resolved,
            version: version,
            provenance: provenance,
            environment: environment,
            valueSources: valueSources,
            message: message,
            author: manager.map { "\(author) as \($0)" } ?? author,
            startedAt: now
        )
    }
}

/// What carrying out a target led to.
package enum Outcome: Sendable, Hashable {
    /// The target was live already.
    case unchanged(revision: Int)
    /// The target is live as a new revision; `isTidy` is false when something old could not be removed yet.
    case changed(revision: Int, plan: Plan, isTidy: Bool)
}
