package import SheafModel

/// Compares what is live with what is wanted.
///
/// Pure: no I/O, equal inputs give equal plans.
package enum Planner {
    /// Makes the plan that turns the live resources into the wanted ones.
    ///
    /// Creates, updates and kept resources come in dependency order, then the deletes in reverse order; a delete that
    /// frees a port which another resource takes over comes first.
    /// - Parameters:
    ///   - bundle: The bundle's name.
    ///   - fromRevision: The live revision; nil when there is none.
    ///   - live: What is live now, in dependency order.
    ///   - desired: What is wanted; nil deletes everything.
    ///   - renewed: Resources that get a new incarnation though nothing of them differs, each with the reason.
    /// - Returns: A change for every resource that is live or wanted.
    package static func plan(
        bundle: String,
        fromRevision: Int?,
        live: [ResourceInstance],
        desired: ResolvedBundle?,
        renewed: [ResourceID: String] = [:]
    ) -> Plan {
        let before = Dictionary(live.map { ($0.resource.id, $0.resource) }) { first, _ in first }
        let wanted = desired?.resources ?? []
        var changes: [Change] = []
        var changed: Set<ResourceID> = []
        for resource in wanted {
            let change = change(
                from: before[resource.id],
                to: resource,
                changedBefore: changed,
                renewal: renewed[resource.id]
            )
            if change.action != .keep { changed.insert(resource.id) }
            changes.append(change)
        }
        let wantedIDs = Set(wanted.map(\.id))
        let removed = live.reversed().map(\.resource).filter { !wantedIDs.contains($0.id) }
        let reason = desired == nil ? "the bundle is deleted" : "it is no longer in the bundle"
        let deletes = removed.map { Change(action: .delete, resource: $0.id, reasons: [reason]) }
        let all = handOverPorts(changes + deletes, before: before, after: wanted)
        let early = all.filter { $0.action == .delete && $0.handsOver }
        return Plan(
            bundle: bundle,
            fromRevision: fromRevision,
            changes: early + all.filter { !($0.action == .delete && $0.handsOver) }
        )
    }

    private static func change(
        from before: ResolvedResource?,
        to after: ResolvedResource,
        changedBefore: Set<ResourceID>,
        renewal: String?
    ) -> Change {
        guard let before else {
            return Change(action: .create, resource: after.id, reasons: ["it is new"])
        }
        let differences = FieldComparison.differences(from: before, to: after)
        // A workload reads its secrets when it starts, so a new value means a new start.
        let secrets = after.references.filter {
            ($0.kind == .secret || $0.kind == .instanceSecret) && changedBefore.contains($0)
        }
        var reasons: [String] = []
        if !differences.isEmpty {
            reasons.append("\(differences.count) \(differences.count == 1 ? "field differs" : "fields differ")")
        }
        if let renewal { reasons.append(renewal) }
        reasons += secrets.map { "it uses \($0), which changes" }
        return Change(
            action: reasons.isEmpty ? .keep : .update,
            resource: after.id,
            reasons: reasons,
            differences: differences
        )
    }

    /// Marks the changes whose old and new holder of a port cannot run at the same time.
    private static func handOverPorts(
        _ changes: [Change],
        before: [ResourceID: ResolvedResource],
        after: [ResolvedResource]
    ) -> [Change] {
        let holders = Dictionary(before.values.compactMap { old in old.hostPort.map { ($0, old.id) } }) { first, _ in
            first
        }
        let touched = Set(changes.filter { $0.action != .keep }.map(\.resource))
        var handing: Set<ResourceID> = []
        for resource in after where touched.contains(resource.id) {
            guard let port = resource.hostPort, let holder = holders[port], touched.contains(holder) else { continue }
            handing.formUnion([resource.id, holder])
        }
        return changes.map { change in
            var change = change
            change.handsOver = handing.contains(change.resource)
            return change
        }
    }
}

extension Plan {
    /// The plan's steps with all that is needed to do and to undo them; kept resources have none.
    ///
    /// - Parameters:
    ///   - live: What the plan was made from.
    ///   - desired: What the plan was made for.
    ///   - generation: The number of the revision that makes the new incarnations.
    ///   - runsJobs: Whether workflows run.
    ///   - deletesData: Whether deleted resources lose their data.
    /// - Returns: In the order of the plan.
    package func steps(
        live: [ResourceInstance],
        desired: ResolvedBundle?,
        generation: Int,
        runsJobs: Bool,
        deletesData: Bool
    ) -> [Step] {
        let before = Dictionary(live.map { ($0.resource.id, $0) }) { first, _ in first }
        let wanted = (desired?.resources ?? []).enumerated().map { ($1.id, (order: $0, resource: $1)) }
        let after = Dictionary(wanted) { first, _ in first }
        return changes.filter { $0.action != .keep }.map { change in
            let target = after[change.resource]
            return Step(
                change: change,
                before: before[change.resource],
                after: target.map { ResourceInstance(resource: $0.resource, generation: generation) },
                order: target?.order ?? 0,
                runsJobs: runsJobs,
                deletesData: deletesData
            )
        }
    }
}
