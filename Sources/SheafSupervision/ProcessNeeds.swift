/// Which processes of a plan wait for which others, by their places in it.
///
/// Asking and releasing cost as much as a process has dependants, however many processes there are.
package struct ProcessNeeds: Sendable {
    /// For each process those that wait for it.
    package let dependants: [[Int]]
    /// For each process how many of those that it needs were not released yet.
    private var unmet: [Int]

    /// - Parameter processes: Each name occurs once, and all that they need are among them.
    package init(_ processes: [ProcessPlan]) {
        let places = Dictionary(processes.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        var dependants = [[Int]](repeating: [], count: processes.count)
        var unmet = [Int](repeating: 0, count: processes.count)
        for (index, process) in processes.enumerated() {
            for need in Set(process.dependencies) {
                unmet[index] += 1
                if let place = places[need] { dependants[place].append(index) }
            }
        }
        self.dependants = dependants
        self.unmet = unmet
    }

    /// Those that wait for nothing, in the order of the plan.
    package var roots: [Int] { unmet.indices.filter { unmet[$0] == 0 } }

    /// The first that still waits for something; nil when none does.
    package var firstWaiting: Int? { unmet.firstIndex { $0 > 0 } }

    /// Whether a process waits for nothing any more.
    package func isReleased(_ index: Int) -> Bool { unmet[index] == 0 }

    /// Takes back that a process has succeeded: it is about to run once more.
    package mutating func retract(_ index: Int) {
        for dependant in dependants[index] { unmet[dependant] += 1 }
    }

    /// Notes that a process has succeeded; is called once for each, and once more when that was taken back.
    ///
    /// - Returns: Those that wait for nothing any more because of it.
    package mutating func release(_ index: Int) -> [Int] {
        dependants[index].filter { dependant in
            unmet[dependant] -= 1
            return unmet[dependant] == 0
        }
    }
}
