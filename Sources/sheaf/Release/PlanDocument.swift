package import FoundationEssentials
package import SheafEngine
package import SheafModel

/// A plan with what it was made of and for, as programs read it and as `plan --save` keeps it.
///
/// No secret is in it: differences mask them, and the digest of what is resolved covers them sealed.
package struct PlanDocument: Codable, Hashable, Sendable {
    /// The form that this version writes; a reader refuses a larger one.
    package static let currentFormat = 1

    package var formatVersion: Int
    package var bundle: String
    package var operation: Revision.Operation
    /// Where the bundle goes: Sheaf's home.
    package var home: String
    /// The live revision; nil when there is none.
    package var fromRevision: Int?
    /// The number that the new revision would get; nil when there would be none.
    package var toRevision: Int?
    /// The revision that a rollback restores.
    package var restores: Int?
    /// The bundle's content version.
    package var version: String?
    package var archive: Digest?
    /// Of the resolved bundle, with its secrets sealed; nil where there is no key yet that seals them.
    package var resolved: Digest?
    package var provenance: Provenance?
    package var environment: String?
    package var valueSources: [String]?
    /// In the order in which they would be done, kept resources included.
    package var changes: [Change]
    /// The volumes whose data is copied aside first; nil in plans of earlier versions, and where there is none.
    package var copies: [ResourceID]?
    /// How many changes have an action, by its name; how many steps are `irreversible`; how many processes `restart`.
    package var totals: [String: Int]
    /// When it was saved, and by whom; nil for one that is only shown.
    package var savedAt: Date?
    package var author: String?

    /// Joins a plan with the target that it was made for.
    package init(_ plan: Plan, of target: Target, in home: String, toRevision: Int?, copying copies: [ResourceID] = [])
    {
        formatVersion = Self.currentFormat
        bundle = plan.bundle
        operation = target.operation
        self.home = home
        fromRevision = plan.fromRevision
        self.toRevision = toRevision
        restores = target.restores
        version = target.version
        archive = target.archive
        resolved = target.resolved
        provenance = target.provenance
        environment = target.environment
        valueSources = target.valueSources
        changes = plan.changes
        self.copies = copies.isEmpty ? nil : copies
        totals = Dictionary(uniqueKeysWithValues: Change.Action.allCases.map { ($0.rawValue, plan.count($0)) })
        totals["irreversible"] = plan.irreversibleCount
        totals["restart"] = plan.restartCount
    }

    /// Whether no resource changes.
    package var isEmpty: Bool { changes.allSatisfy { $0.action == .keep } }

    /// How many changes have an action.
    package func count(_ action: Change.Action) -> Int { totals[action.rawValue] ?? 0 }
}
