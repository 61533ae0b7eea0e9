package import SheafModel

/// Compares what is live with what is wanted.
///
/// Pure: no I/O, equal inputs give equal plans.
package enum Planner {
    /// Makes the plan that turns the live resources into the wanted ones.
    ///
    /// What is made, changed and kept comes in dependency order, then the deletes in reverse order; a delete that
    /// frees a port which another resource takes over comes first.
    /// - Parameters:
    ///   - bundle: The bundle's name.
    ///   - fromRevision: The live revision; nil when there is none.
    ///   - live: What is live now, in dependency order.
    ///   - desired: What is wanted; nil deletes everything.
    ///   - renewed: Resources that get a new incarnation though nothing of them differs, each with the reason.
    ///   - repaired: The workflows among them whose jobs do not run again, unless something else makes them.
    ///   - idle: What does not run now, so that a new start interrupts nothing.
    ///   - exchanged: Volumes that get other data, and what mounts them and is stopped for it, each with the reason.
    ///   - adopted: Resources that are there already outside any bundle, each with the reason.
    ///   - runsJobs: Whether workflows run.
    ///   - deletesData: Whether deleted volumes lose their data.
    /// - Returns: A change for every resource that is live or wanted.
    package static func plan(
        bundle: String,
        fromRevision: Int?,
        live: [ResourceInstance],
        desired: ResolvedBundle?,
        renewed: [ResourceID: String] = [:],
        repaired: Set<ResourceID> = [],
        idle: Set<ResourceID> = [],
        exchanged: [ResourceID: String] = [:],
        adopted: [ResourceID: String] = [:],
        runsJobs: Bool = true,
        deletesData: Bool = false
    ) -> Plan {
        let before = Dictionary(live.map { ($0.resource.id, $0.resource) }) { first, _ in first }
        let wanted = desired?.resources ?? []
        var comparison = ResourceComparison(
            renewed: renewed.merging(exchanged) { "\($0); \($1)" },
            repaired: repaired,
            adopted: adopted,
            runsJobs: runsJobs
        )
        let changes = wanted.map { comparison.change(from: before[$0.id], to: $0) }
        let wantedIDs = Set(wanted.map(\.id))
        let removed = live.reversed().map(\.resource).filter { !wantedIDs.contains($0.id) }
        let reason = desired == nil ? "the bundle is deleted" : "it is no longer in the bundle"
        let deletes = removed.map { resource in
            Change(
                action: .delete,
                resource: resource.id,
                reasons: [reason] + (resource.dataNote(deletesData: deletesData).map { [$0] } ?? [])
            )
        }
        let all = handOverPorts(changes + deletes, before: before, after: wanted)
        let consequences = Consequences(
            of: all,
            before: before,
            desired: desired,
            idle: idle,
            exchanged: Set(exchanged.keys),
            runsJobs: runsJobs,
            deletesData: deletesData
        )
        let early = all.filter { $0.action == .delete && $0.handsOver }
        let ordered = early + all.filter { !($0.action == .delete && $0.handsOver) }
        return Plan(bundle: bundle, fromRevision: fromRevision, changes: ordered.map(consequences.added))
    }

    /// Marks the changes whose old and new holder of a port cannot run at the same time.
    private static func handOverPorts(
        _ changes: [Change],
        before: [ResourceID: ResolvedResource],
        after: [ResolvedResource]
    ) -> [Change] {
        let holders = Dictionary(before.values.flatMap { old in old.hostPorts.map { ($0, old.id) } }) { first, _ in
            first
        }
        let touched = Set(changes.filter { $0.action != .keep && $0.action != .update }.map(\.resource))
        var handing: Set<ResourceID> = []
        for resource in after where touched.contains(resource.id) {
            for holder in resource.hostPorts.compactMap({ holders[$0] }) where touched.contains(holder) {
                handing.formUnion([resource.id, holder])
            }
        }
        return changes.map { change in
            var change = change
            change.handsOver = handing.contains(change.resource)
            return change
        }
    }
}

extension ResolvedResource {
    /// What becomes of the data of a volume that is deleted; nil for all other kinds.
    fileprivate func dataNote(deletesData: Bool) -> String? {
        guard id.kind == .volume else { return nil }
        if isTemporaryVolume { return "its data is temporary, and goes with it" }
        return deletesData ? nil : "its data is kept"
    }
}
