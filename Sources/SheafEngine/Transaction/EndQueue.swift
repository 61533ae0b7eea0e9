import SheafModel

/// Which old incarnations of a transaction may end: each once all that depend on it have ended.
///
/// Pure, as `StepQueue`: it is told what has ended and gives positions of steps. Only what the transaction itself ends is
/// waited for. What was ended costs time for what it depended on, not for all steps.
struct EndQueue {
    /// Steps that may end what they replace, the next one last.
    private var ready: [Int] = []
    /// How many that depend on it are still there, for each step that waits.
    private var users: [Int: Int] = [:]
    /// The steps of what each one depends on.
    private var needs: [Int: [Int]] = [:]
    /// How many are ending at the moment.
    private var ending = 0

    /// Prepares the steps of a transaction; those that end nothing are passed over.
    ///
    /// - Parameter steps: In the order of the plan.
    init(_ steps: [Step]) {
        let ends = steps.indices.filter { steps[$0].replaced != nil }
        let positions = Dictionary(ends.map { (steps[$0].change.resource, $0) }) { first, _ in first }
        for position in ends {
            let dependencies = Set(steps[position].replaced?.resource.dependencies.map(\.resource) ?? [])
            needs[position] = dependencies.compactMap { positions[$0] }.filter { $0 != position }
            for other in needs[position] ?? [] { users[other, default: 0] += 1 }
        }
        ready = ends.reversed().filter { users[$0] == nil }
    }

    /// Takes the next step that may end what it replaces; nil when there is none at the moment.
    mutating func next() -> Int? {
        // Bundles have no circles. Should a journal hold one all the same, it is broken: nothing may be left running.
        guard let position = ready.popLast() ?? (ending == 0 ? users.keys.min() : nil) else { return nil }
        users[position] = nil
        ending += 1
        return position
    }

    /// Notes that what a step replaces has ended, or cannot be ended.
    mutating func noteEnded(_ position: Int) {
        ending -= 1
        for other in (needs.removeValue(forKey: position) ?? []).sorted(by: >) {
            guard let left = users[other] else { continue }
            users[other] = left > 1 ? left - 1 : nil
            if left == 1 { ready.append(other) }
        }
    }
}
