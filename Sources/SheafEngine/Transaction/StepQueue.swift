import SheafModel

/// Which steps of a transaction may begin, and which of them first.
///
/// Pure: it is told what has happened and gives positions of steps. A step may begin when the conditions on everything
/// that it depends on have held at some moment, when the holders of a port that it takes over have ended, and when the
/// data of all volumes that it mounts has been put back, where it is. Of several the one that most others wait for in a
/// row comes first. One that cannot be undone waits until all is ready that does not depend on such a step, so that as
/// much as possible has gone well before. Every change costs time for what it touches, not for all steps, so that large
/// transactions cost as much for each step as small ones.
struct StepQueue {
    /// Steps that may begin, the next one last.
    private var ready: [Int] = []
    /// How many conditions, ports and volumes each step still waits for.
    private var missing: [Int]
    /// The steps that wait for a condition.
    private var waiting: [Dependency: [Int]] = [:]
    /// The conditions on each resource that somebody waits for.
    private var conditions: [ResourceID: Set<Dependency>] = [:]
    /// The steps that wait until a step is done: for its port, or for the data that it puts back.
    private var followers: [[Int]]
    /// The steps that cannot be undone and wait for those that can.
    private var held: Set<Int> = []
    /// The steps that neither are irreversible nor wait for one, as long as they are not ready.
    private var early: Set<Int> = []
    /// The place of each step in the order in which steps begin where they may, from 0.
    private let rank: [Int]
    private let steps: [Step]

    /// Prepares the steps of a transaction.
    ///
    /// - Parameters:
    ///   - steps: In the order of the plan.
    ///   - known: Every wanted resource, kept ones included; conditions on others hold.
    init(_ steps: [Step], known: Set<ResourceID>) {
        self.steps = steps
        missing = Array(repeating: 0, count: steps.count)
        followers = Array(repeating: [], count: steps.count)
        rank = Self.ranks(of: steps)
        let givers = Self.givers(in: steps), restorers = Self.restorers(in: steps)
        for (position, step) in steps.enumerated() {
            guard let after = step.after else { continue }
            for dependency in Set(after.resource.dependencies) where known.contains(dependency.resource) {
                missing[position] += 1
                waiting[dependency, default: []].append(position)
                conditions[dependency.resource, default: []].insert(dependency)
            }
            let ports = step.change.handsOver ? after.resource.hostPorts : []
            // Most transactions put no data back, and then no manifest has to be read for what it mounts.
            let volumes = restorers.isEmpty ? [] : after.resource.mountedVolumes
            let leaders = Set(ports.flatMap { givers[$0] ?? [] } + volumes.compactMap { restorers[$0] })
            for leader in leaders where leader != position {
                missing[position] += 1
                followers[leader].append(position)
            }
        }
        let irreversible = steps.indices.filter { steps[$0].isIrreversible }
        early = Set(steps.indices).subtracting(reachable(from: irreversible))
        if !early.isEmpty { held = Set(irreversible) }
        for position in held { missing[position] += 1 }
        for position in steps.indices where missing[position] == 0 { insert(position) }
    }

    /// Whether a step waits because it cannot be undone.
    func isHeldBack(_ position: Int) -> Bool { held.contains(position) }

    /// The conditions that have not held yet, by the resource that they are about.
    var openConditions: [ResourceID: Set<Dependency>] { conditions }

    /// The conditions that a step still waits for, in the order of its manifest.
    func openConditions(of position: Int) -> [Dependency] {
        (steps[position].after?.resource.dependencies ?? []).filter { waiting[$0] != nil }
    }

    /// Takes the next step that may begin; nil when there is none at the moment.
    mutating func next() -> Int? { ready.popLast() }

    /// Notes that a condition has held; it counts from then on, so that a short state cannot be missed.
    mutating func note(_ dependency: Dependency) {
        conditions[dependency.resource]?.remove(dependency)
        if conditions[dependency.resource]?.isEmpty == true { conditions[dependency.resource] = nil }
        for position in waiting.removeValue(forKey: dependency) ?? [] { release(position) }
    }

    /// Notes that a step is done, so that others may have its port or use its data.
    mutating func noteDone(_ position: Int) {
        for follower in followers[position] { release(follower) }
        followers[position] = []
    }

    /// Notes that nothing more is waited for of a step.
    mutating func noteSettled(_ position: Int) {
        guard early.remove(position) != nil, early.isEmpty else { return }
        let released = held.sorted()
        held = []
        for position in released { release(position) }
    }

    /// These steps, and all that wait for them: for a condition, a port or data, directly or not.
    private func reachable(from positions: [Int]) -> Set<Int> {
        var found = Set(positions), next = positions
        while let position = next.popLast() {
            let resource = steps[position].change.resource
            let behind = (conditions[resource] ?? []).flatMap { waiting[$0] ?? [] }
            for other in behind + followers[position] where found.insert(other).inserted { next.append(other) }
        }
        return found
    }

    private mutating func release(_ position: Int) {
        missing[position] -= 1
        if missing[position] == 0 { insert(position) }
    }

    private mutating func insert(_ position: Int) {
        var low = 0, high = ready.count
        while low < high {
            let middle = (low + high) / 2
            if rank[ready[middle]] > rank[position] { low = middle + 1 } else { high = middle }
        }
        ready.insert(position, at: low)
    }

    /// The steps that end the holder of a port, by the port.
    private static func givers(in steps: [Step]) -> [Int: [Int]] {
        var givers: [Int: [Int]] = [:]
        for (position, step) in steps.enumerated() where step.change.handsOver {
            for port in step.before?.resource.hostPorts ?? [] { givers[port, default: []].append(position) }
        }
        return givers
    }

    /// The steps that put back the data of volumes, by the volume.
    private static func restorers(in steps: [Step]) -> [ResourceID: Int] {
        let restoring = steps.enumerated().filter { $1.restore != nil }
        return Dictionary(restoring.map { ($1.change.resource, $0) }) { first, _ in first }
    }

    /// Longest chains first, equal ones in the order of the plan.
    private static func ranks(of steps: [Step]) -> [Int] {
        let chains = chains(of: steps)
        let order = steps.indices.sorted { (-chains[$0], $0) < (-chains[$1], $1) }
        var ranks = Array(repeating: 0, count: steps.count)
        for (rank, position) in order.enumerated() { ranks[position] = rank }
        return ranks
    }

    /// How many steps wait for each step in a row, itself included: the critical path goes through the largest.
    private static func chains(of steps: [Step]) -> [Int] {
        let positions = Dictionary(
            steps.enumerated().compactMap { position, step in step.after.map { ($0.resource.id, position) } }
        ) { first, _ in first }
        var chains = Array(repeating: 1, count: steps.count)
        // Steps follow what they depend on, so whoever waits for one has been counted before it.
        for position in steps.indices.reversed() {
            for dependency in steps[position].after?.resource.dependencies ?? [] {
                guard let other = positions[dependency.resource], other < position else { continue }
                chains[other] = max(chains[other], chains[position] + 1)
            }
        }
        return chains
    }
}
