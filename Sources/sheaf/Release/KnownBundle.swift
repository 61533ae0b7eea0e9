import SheafEngine
import SheafModel
import SheafStore

/// Bundles by name.
enum KnownBundle {
    /// The store, when it knows the bundle.
    ///
    /// - Throws: `EngineError` with the names that are known.
    static func store(of bundle: String, in context: CommandContext) throws -> Store {
        let store = try context.existingStore()
        if let store, try !store.revisions(of: bundle).isEmpty { return store }
        let names = try store?.bundles().map(\.name) ?? []
        throw EngineError(
            .nothingLive,
            .refused,
            "there is no bundle '\(bundle)' in \(context.home)",
            hint: names.isEmpty
                ? "apply one first: sheaf apply DIRECTORY"
                : Suggestion.help(for: bundle, among: names) ?? "known are: \(names.joined(separator: ", "))"
        )
    }
}
