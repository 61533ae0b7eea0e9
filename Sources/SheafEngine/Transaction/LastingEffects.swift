import SheafModel
import SheafStore

/// The steps of a failed transaction that had begun and cannot be undone: what they did stays.
struct LastingEffects {
    let resources: [ResourceID]

    init(of transaction: OpenTransaction) {
        resources = transaction.begun.filter(\.isIrreversible).map(\.change.resource)
    }

    /// A text about a failure, with these resources at its end.
    func added(to text: String) -> String {
        guard !resources.isEmpty else { return text }
        return "\(text); these ran and cannot be undone: \(resources.map(\.description).joined(separator: ", "))"
    }
}

extension OpenTransaction {
    /// Whether a step may have had an effect.
    func hasBegun(_ position: Int) -> Bool { [.performing, .performed].contains(progress[position]) }

    /// The steps that may have had an effect, in the order of the plan.
    var begun: [Step] { steps.indices.filter(hasBegun).map { steps[$0] } }
}
