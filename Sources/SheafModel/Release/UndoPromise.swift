/// What a bundle promises about the jobs of its workflows: that running them leaves nothing which an undo must take
/// back.
///
/// Written as `sheaf.dev/undo` among the bundle's properties, with the ids of items: `{seed: reversible}`.
package struct UndoPromise: Sendable, Hashable {
    /// Among `bundle.properties`.
    package static let property = "sheaf.dev/undo"
    /// The one word that may be promised.
    package static let reversible = "reversible"

    /// Id of the item -> what is promised, as written.
    private let promises: [String: JSONValue]
    /// Whether the property has another shape.
    package let isMalformed: Bool

    /// Reads the promise of a bundle; one without it promises nothing.
    package init(_ bundle: ResolvedBundle?) {
        let value = bundle?.manifest["bundle"]?["properties"]?[Self.property]
        promises = value?.objectValue ?? [:]
        isMalformed = value != nil && value?.objectValue == nil
    }

    /// The ids and what is promised of them, by id.
    package var items: [(id: String, promise: JSONValue)] {
        promises.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Whether running the jobs of a workflow need not be undone.
    package func covers(_ workflow: ResolvedResource) -> Bool { promises[workflow.item] == .string(Self.reversible) }
}
