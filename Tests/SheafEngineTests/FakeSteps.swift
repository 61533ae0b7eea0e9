import SheafModel

/// The effects of a step, one after the other, as those of the local executor's controllers.
extension Step {
    private enum Sort { case declaration, volume, workload, workflow }

    private var sort: Sort {
        switch change.resource.kind {
        case .volume: .volume
        case .service, .worker: .workload
        case .workflow: .workflow
        default: .declaration
        }
    }

    private var isMade: Bool { [.workload, .workflow].contains(sort) }
    private var existedFact: String { "volume.existed" }
    private var ranFact: String { "workload.ran" }

    /// What `prepare` finds out.
    func facts(in world: FakeWorld) -> [String: String] {
        switch sort {
        case .volume:
            guard let after, facts[existedFact] == nil else { return facts }
            return facts.merging([existedFact: String(world.volumes.contains(after.resource.id))]) { $1 }
        case .workload:
            guard let replaced, facts[ranFact] == nil else { return facts }
            return facts.merging([ranFact: String(world.isAlive(replaced))]) { $1 }
        case .declaration, .workflow: return facts
        }
    }

    var preparation: [FakeExecutor.Effect] {
        if let restore { return [{ $0.stage(restore) }] }
        guard isMade, let after = added else { return [] }
        let isReady: @Sendable (FakeWorld) -> Bool = { world in
            world.isMade(after) && (world.isAlive(after) || world.hasBegun(after))
        }
        return [
            { world in
                if isReady(world) { return }
                world.stop(after)
                world.remove(after)
                world.incarnations[FakeWorld.Name(after)] = FakeWorld.Incarnation(after.resource)
            },
            { world in
                if !isReady(world) { world.incarnations[FakeWorld.Name(after)]?.isComplete = true }
            },
        ]
    }

    var performance: [FakeExecutor.Effect] {
        var effects: [FakeExecutor.Effect] = []
        if sort == .workload, change.handsOver, let replaced { effects.append { $0.stop(replaced) } }
        guard let after else { return effects }
        if isMade, isInPlace { return [{ $0.accept(after) }] }
        switch sort {
        case .declaration: break
        case .volume:
            if let restore { effects = [{ $0.stopUsers(restore) }, { $0.exchange(restore) }] }
            effects.append { $0.volumes.insert(after.resource.id) }
        case .workload: effects.append { try $0.start(after) }
        case .workflow where !runsJobs || !after.resource.runsWhenApplied:
            effects.append { $0.incarnations[FakeWorld.Name(after)]?.isNotRun = true }
        case .workflow:
            effects.append { world in
                if !world.hasBegun(after) { try world.start(after) }
            }
        }
        return effects
    }

    var reversal: [FakeExecutor.Effect] {
        if sort == .volume, let after {
            var effects: [FakeExecutor.Effect] = []
            if let restore { effects = [{ $0.stopUsersAgain(restore) }, { $0.exchangeBack(restore) }] }
            if facts[existedFact] == "false" { effects.append { $0.removeVolume(after.resource.id) } }
            return effects
        }
        guard isMade else { return [] }
        var effects: [FakeExecutor.Effect] = []
        if let after = added {
            effects.append { $0.stop(after) }
            effects.append { $0.remove(after) }
        }
        if sort == .workload, facts[ranFact] != "false", let replaced {
            effects.append { world in
                if world.isMade(replaced) { try world.start(replaced) }
            }
        }
        return effects
    }

    var ending: [FakeExecutor.Effect] {
        if sort == .volume, after == nil, deletesData, let before {
            return [{ $0.removeVolume(before.resource.id) }]
        }
        guard isMade, let replaced else { return [] }
        return [{ $0.stop(replaced) }, { $0.remove(replaced) }]
    }
}

extension FakeWorld {
    /// How a resource is; one that is not settled is not ready yet.
    func state(of instance: ResourceInstance, isSettled: Bool) -> ResourceState {
        let id = instance.resource.id
        switch id.kind {
        case .volume:
            let isThere = volumes.contains(id)
            return isThere ? .active : ResourceState(status: "error", progress: .failed, evidence: "it is missing")
        case .service, .worker, .workflow: break
        default: return .active
        }
        guard let incarnation = incarnations[Name(instance)], incarnation.isComplete else {
            return ResourceState(status: "deleted", progress: .failed, evidence: "there is nothing")
        }
        if incarnation.isNotRun { return .active }
        if incarnation.starts == 0 {
            return ResourceState(status: "pending", progress: .pending, evidence: "not started yet")
        }
        if !incarnation.isRunning {
            return ResourceState(status: "error", progress: .failed, evidence: "its supervisor has ended")
        }
        if id.kind == .workflow {
            return isSettled
                ? ResourceState(status: "active", runtime: "succeeded", progress: .ready)
                : ResourceState(status: "active", runtime: "running", progress: .pending)
        }
        return isSettled
            ? ResourceState(status: "active", runtime: "running:1", progress: .ready)
            : ResourceState(status: "pending", runtime: "pending:0/1", progress: .pending)
    }
}
