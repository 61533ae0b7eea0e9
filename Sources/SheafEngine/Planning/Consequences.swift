import SheafModel

/// What follows from the changes of a plan: how each is undone, what it interrupts, who else notices.
struct Consequences {
    let before: [ResourceID: ResolvedResource]
    let after: [ResourceID: ResolvedResource]
    /// What does not run now, so that a new start interrupts nothing.
    let idle: Set<ResourceID>
    /// Volumes that get other data, and what is stopped for it.
    let exchanged: Set<ResourceID>
    let promise: UndoPromise
    let runsJobs: Bool
    let deletesData: Bool
    private let downstream: Downstream

    init(
        of changes: [Change],
        before: [ResourceID: ResolvedResource],
        desired: ResolvedBundle?,
        idle: Set<ResourceID>,
        exchanged: Set<ResourceID>,
        runsJobs: Bool,
        deletesData: Bool
    ) {
        self.before = before
        self.idle = idle
        self.exchanged = exchanged
        self.runsJobs = runsJobs
        self.deletesData = deletesData
        promise = UndoPromise(desired)
        let wanted = desired?.resources ?? []
        after = Dictionary(wanted.map { ($0.id, $0) }) { first, _ in first }
        downstream = Downstream(
            wanted: wanted,
            leaving: changes.filter { $0.action == .delete }.map(\.resource),
            observers: Set(changes.filter { $0.action == .keep || $0.action == .update }.map(\.resource))
        )
    }

    /// The same change with all that follows from it.
    func added(to change: Change) -> Change {
        guard change.action != .keep else { return change }
        var change = change
        change.undo = undo(change)
        change.interruption = interruption(change)
        (change.affects, change.affectsMore) = affected(by: change)
        return change
    }

    private func affected(by change: Change) -> (named: [ResourceID], more: Int) {
        guard change.action == .update else {
            return downstream.observers(of: change.resource, atMost: Change.mostAffected)
        }
        // Nothing that runs is touched; what is only declared may be read by those who name it.
        return change.resource.kind.runsProcesses
            ? ([], 0) : downstream.readers(of: change.resource, atMost: Change.mostAffected)
    }

    private func undo(_ change: Change) -> Undo {
        let isStart = change.action == .create || change.action == .run
        if isStart, runsJobs, let workflow = after[change.resource], workflow.runsWhenApplied {
            return promise.covers(workflow) ? .reversible : .none(why: "its jobs may write somewhere")
        }
        if change.action == .delete, let volume = before[change.resource], volume.id.kind == .volume,
            deletesData || volume.isTemporaryVolume
        {
            return .none(why: "its data is deleted")
        }
        let isExchanged = exchanged.contains(change.resource)
        if isExchanged, change.resource.kind == .volume { return .compensated(how: "its present data is put back") }
        let isStopped = (change.handsOver || isExchanged) && before[change.resource] != nil
        return isStopped ? .compensated(how: "the old one is started again") : .reversible
    }

    private func interruption(_ change: Change) -> Interruption {
        let isIdle = idle.contains(change.resource)
        let processes = isIdle ? 0 : before[change.resource]?.processCount ?? 0
        guard processes > 0, change.action != .update else { return .none }
        if change.handsOver { return Interruption(.handover, processes: processes) }
        return Interruption(change.action == .delete ? .ends : .restarts, processes: processes)
    }
}
