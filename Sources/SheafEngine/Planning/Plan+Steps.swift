package import SheafModel

extension Plan {
    /// The plan's steps with all that is needed to do and to undo them; kept resources have none.
    ///
    /// - Parameters:
    ///   - live: What the plan was made from.
    ///   - desired: What the plan was made for.
    ///   - generation: The number of the revision that makes the new incarnations; an update in place keeps the old one.
    ///   - runsJobs: Whether workflows run.
    ///   - deletesData: Whether deleted resources lose their data.
    ///   - restores: The revision that a rollback brings back.
    /// - Returns: In the order of the plan.
    package func steps(
        live: [ResourceInstance],
        desired: ResolvedBundle?,
        generation: Int,
        runsJobs: Bool,
        deletesData: Bool,
        restores: Int? = nil
    ) -> [Step] {
        let before = Dictionary(live.map { ($0.resource.id, $0) }) { first, _ in first }
        let wanted = (desired?.resources ?? []).enumerated().map { ($1.id, (order: $0, resource: $1)) }
        let after = Dictionary(wanted) { first, _ in first }
        return changes.filter { $0.action != .keep }.map { change in
            let target = after[change.resource], old = before[change.resource]
            let number = change.action == .update ? old?.generation ?? generation : generation
            var recorded = change
            // Who else notices is for those who read the plan; the journal would hold it once for each step.
            (recorded.affects, recorded.affectsMore) = ([], 0)
            return Step(
                change: recorded,
                before: old,
                after: target.map { ResourceInstance(resource: $0.resource, generation: number) },
                order: target?.order ?? 0,
                // A workflow that is only replaced keeps the outcome of its last run.
                runsJobs: runsJobs && !(change.action == .replace && change.resource.kind == .workflow),
                deletesData: deletesData || (target == nil && old?.resource.isTemporaryVolume == true),
                restores: restores
            )
        }
    }
}
