import SheafModel

/// Who notices when resources change: those that name them, or depend on them, directly or not.
///
/// - Complexity: O(E · V / 64) to make; nothing where nobody is asked for.
struct Downstream {
    private let resources: [ResourceID]
    private let places: [ResourceID: Int]
    /// For each resource, those downstream as bits.
    private var reached: [Bits] = []
    /// For each resource, those that name it.
    private var namers: [ResourceID: [ResourceID]] = [:]

    private typealias Bits = [UInt64]

    /// Finds out who is downstream of whom.
    ///
    /// - Parameters:
    ///   - wanted: In dependency order.
    ///   - leaving: What is deleted.
    ///   - observers: Those that are asked for; others are passed through.
    init(wanted: [ResolvedResource], leaving: [ResourceID], observers: Set<ResourceID>) {
        resources = leaving + wanted.map(\.id)
        places = Dictionary(resources.enumerated().map { ($1, $0) }) { first, _ in first }
        guard !observers.isEmpty else { return }
        for resource in wanted where observers.contains(resource.id) {
            for name in Set(resource.references) where name != resource.id {
                namers[name, default: []].append(resource.id)
            }
        }
        var dependents = resources.map { _ in [Int]() }
        for (index, resource) in wanted.enumerated() {
            for need in Set(resource.dependencies.map(\.resource) + resource.references) {
                if let place = places[need] { dependents[place].append(leaving.count + index) }
            }
        }
        reached = resources.map { _ in [] }
        for place in resources.indices.reversed() where !dependents[place].isEmpty {
            var bits = Bits(repeating: 0, count: (resources.count + 63) / 64)
            for dependent in dependents[place] where dependent != place {
                if observers.contains(resources[dependent]) { bits[dependent / 64] |= 1 << UInt64(dependent % 64) }
                // One that stands earlier only names this one, against the order; what follows from it is not known yet.
                for (word, more) in reached[dependent].enumerated() where dependent > place { bits[word] |= more }
            }
            reached[place] = bits
        }
    }

    /// The observers that name a resource, and may read its definition.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - limit: How many are given.
    /// - Returns: In the order of the bundle, and how many more there are.
    func readers(of id: ResourceID, atMost limit: Int) -> (named: [ResourceID], more: Int) {
        let all = namers[id] ?? []
        return (Array(all.prefix(limit)), max(0, all.count - limit))
    }

    /// The observers downstream of a resource.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - limit: How many are given.
    /// - Returns: In the order of the bundle, and how many more there are.
    func observers(of id: ResourceID, atMost limit: Int) -> (named: [ResourceID], more: Int) {
        guard let place = places[id], reached.indices.contains(place) else { return ([], 0) }
        var named: [ResourceID] = [], count = 0
        for (word, bits) in reached[place].enumerated() where bits != 0 {
            var rest = bits
            while rest != 0 {
                let found = word * 64 + rest.trailingZeroBitCount
                rest &= rest - 1
                guard found != place else { continue }
                count += 1
                if named.count < limit { named.append(resources[found]) }
            }
        }
        return (named, count - named.count)
    }
}
