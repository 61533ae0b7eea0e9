import Glibc
import SheafSupervision
import SheafSystem

// Instances that come and go with their load.
extension Supervisor {
    /// Lets only so many begin as shall run at first.
    mutating func beginScaling(by plan: ScalingPlan) {
        scaler = Scaler(plan, most: members.count)
        for index in members.indices.dropFirst(plan.first) { members[index].status.state = .idle }
        queue = StartQueue(Array(members.indices.prefix(plan.first)))
    }

    /// Looks at the load when its time has come, lets instances begin, and ends those that are not needed any more.
    mutating func scale() {
        guard var scaler, phase == .running else { return }
        let now = Clock.now
        for (index, limit) in scaler.leaving where limit <= now || isDrained(index, scaler.plan) {
            scaler.leaving[index] = nil
            end(index, now)
        }
        if scaler.lookAt <= now { look(&scaler, now) }
        self.scaler = scaler
    }

    private mutating func look(_ scaler: inout Scaler, _ now: Milliseconds) {
        scaler.lookAt = now + scaler.plan.period
        let active = members.indices.filter(isActive)
        let running = active.compactMap { index in
            members[index].processPid.map { LoadMeter.Instance(pid: $0, container: members[index].plan.container) }
        }
        let loads = scaler.meter.measure(
            running,
            below: identity.pid,
            countsMemory: scaler.plan.memoryAim != nil
        ).compactMap { $0 }
        let wanted = scaler.plan.wanted(of: active.count, loads)
        let count = scaler.history.decide(wanted, of: active.count, now: now)
        if count > active.count {
            grow(by: count - active.count, &scaler)
        } else if count < active.count {
            shrink(active, to: count, &scaler, now)
        }
        if count != active.count { announce(scaler.plan) }
        let words = Scaler.words(count, scaler.plan, members.count, load: scaler.plan.words(for: loads))
        if words != scaler.words { record.note(.scaling(words)) }
        scaler.words = words
    }

    private func isActive(_ index: Int) -> Bool { members[index].status.state != .idle && !members[index].isLeaving }

    private mutating func grow(by count: Int, _ scaler: inout Scaler) {
        // Those that were only about to be ended first: they are at work.
        let kept = scaler.leaving.keys.filter { members[$0].isLeaving }.sorted().prefix(count)
        for index in kept {
            members[index].isLeaving = false
            scaler.leaving[index] = nil
        }
        let free = members.indices.filter { members[$0].status.state == .idle && members[$0].isIdle }
        for index in free.prefix(count - kept.count) {
            members[index].status.state = .waiting
            queue.append(index)
            noteChange(of: index)
        }
    }

    /// Lets the last ones go: they began last.
    private mutating func shrink(_ active: [Int], to count: Int, _ scaler: inout Scaler, _ now: Milliseconds) {
        for index in active.dropFirst(count) {
            members[index].isLeaving = true
            scaler.leaving[index] = now + Scaler.drainTime
        }
    }

    /// Asks one to end that has nothing to do any more.
    private mutating func end(_ index: Int, _ now: Milliseconds) {
        guard members[index].isLeaving else { return }
        if let pid = members[index].processPid {
            kill(-pid, members[index].plan.stopSignal)
            members[index].activity = .process(pid: pid, killAt: now + members[index].plan.grace)
        } else {
            // It waits for its next attempt, which is not to come.
            paused.remove(index)
            members[index].rest()
            noteChange(of: index)
        }
    }

    /// Whether no connection leads to an instance that gets no new ones.
    private func isDrained(_ index: Int, _ plan: ScalingPlan) -> Bool {
        guard let file = plan.routing, !members[index].plan.ports.isEmpty else { return true }
        // A gateway that is gone has no connections.
        guard let state = Self.gateway(file) else { return true }
        let ports = members[index].plan.ports
        return ports.allSatisfy { state.resting.contains($0) && state.draining[$0] == nil }
    }

    /// Tells the gateway which instances are to be used.
    func announce(_ plan: ScalingPlan) {
        guard let file = plan.routing else { return }
        let ports = members.indices.filter(isActive).flatMap { members[$0].plan.ports }
        // Where it cannot be written, the gateway goes on with all of them, and passes over those that refuse.
        guard (try? DurableFile.write(ServingPorts.encoded(ports), to: paths.serving, isSynced: false)) != nil else {
            return
        }
        guard let gateway = Self.gateway(file) else { return }
        ProcessIdentity(pid: gateway.pid, startTime: gateway.startTime).signal(SIGHUP)
    }

    private static func gateway(_ file: String) -> GatewayState? {
        guard let state = TextFile.read(file).flatMap({ try? GatewayState(decoding: $0) }),
            ProcessIdentity(pid: state.pid, startTime: state.startTime).isAlive
        else { return nil }
        return state
    }
}
