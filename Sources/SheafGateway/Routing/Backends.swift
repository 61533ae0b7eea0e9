/// How many connections each instance has, and which one is next.
struct Backends {
    private(set) var connections: [Int: Int] = [:]
    /// When an instance was last chosen, as a count of choices.
    private var lastChoice: [Int: UInt64] = [:]
    private var choices: UInt64 = 0

    /// The instances in the order in which they should be tried: the fewest connections first, then whose turn it is.
    mutating func order(of ports: [Int]) -> [Int] {
        let sorted = ports.sorted { left, right in
            (connections[left] ?? 0, lastChoice[left] ?? 0) < (connections[right] ?? 0, lastChoice[right] ?? 0)
        }
        if let first = sorted.first {
            choices += 1
            lastChoice[first] = choices
        }
        return sorted
    }

    mutating func begin(_ port: Int) { connections[port, default: 0] += 1 }

    mutating func end(_ port: Int) {
        guard let count = connections[port] else { return }
        connections[port] = count > 1 ? count - 1 : nil
    }

    /// Forgets what is known of instances that are neither named nor used any more.
    mutating func forget(allBut ports: Set<Int>) {
        lastChoice = lastChoice.filter { ports.contains($0.key) || connections[$0.key] != nil }
    }
}
