import SheafModel
import SheafStore

/// Refuses plans that remove what other bundles need.
struct DependentCheck {
    let store: Store

    /// How many are named; the others are counted.
    private static let mostNamed = 5

    /// - Throws: `EngineError` that names who needs what.
    func run(_ plan: Plan) throws {
        let leaving = Set(plan.changes.filter { $0.action == .delete }.map(\.resource))
        let dependents = try store.dependents(on: leaving, outside: plan.bundle)
        guard !dependents.isEmpty else { return }
        let named = dependents.prefix(Self.mostNamed).map { "\($0.needed) by \($0.resource) of '\($0.bundle)'" }
        let more = dependents.count - named.count
        let bundles = Set(dependents.map(\.bundle)).sorted().map { "'\($0)'" }.joined(separator: ", ")
        throw EngineError(
            .needed,
            .refused,
            "what '\(plan.bundle)' would remove is needed: \(named.joined(separator: "; "))"
                + (more > 0 ? "; and \(more) more" : ""),
            hint: "change or delete \(bundles) first"
        )
    }
}
