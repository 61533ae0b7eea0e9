/// A field with the fields below it, as deep as is wanted.
package struct FieldTree: Sendable {
    package let field: SchemaField
    /// What the whole manifest, or the whole `stackSpec`, is; nil for a field of it.
    package let entry: SchemaEntry?
    /// The fields below; empty where there are none, or where they are not wanted.
    package let children: [FieldTree]
    /// The kind's own section, if this is a whole manifest of a kind.
    package var section: FieldTree? { sections.first }
    private let sections: [FieldTree]
    /// Whether this field stands within itself, so that the fields below it are not shown again.
    package let isRepeated: Bool

    /// Finds the fields below one.
    ///
    /// - Parameters:
    ///   - reference: Where fields are found.
    ///   - field: The field itself.
    ///   - entry: The kind or stack that it belongs to.
    ///   - stack: The stack whose parameters stand in `stackSpec`.
    ///   - depth: How many levels of fields are wanted.
    package init(
        _ reference: SchemaReference,
        _ field: SchemaField,
        entry: SchemaEntry,
        stack: SchemaEntry? = nil,
        depth: Int = 1
    ) {
        let isWhole = field.path == entry.name
        self.init(reference, field, isWhole ? entry : nil, stack, depth, [])
    }

    private init(
        _ reference: SchemaReference,
        _ field: SchemaField,
        _ entry: SchemaEntry?,
        _ stack: SchemaEntry?,
        _ depth: Int,
        _ above: [String]
    ) {
        self.field = field
        self.entry = entry
        isRepeated = field.origin.map(above.contains) ?? false
        guard depth > 0, !isRepeated else {
            children = []
            sections = []
            return
        }
        let path = above + (field.origin.map { [$0] } ?? [])
        children = reference.children(of: field, stack: stack).map {
            FieldTree(reference, $0, nil, stack, depth - 1, path)
        }
        let section = entry.flatMap { reference.sectionField(of: $0) }
        sections = section.map { [FieldTree(reference, $0, nil, stack, 1, path)] } ?? []
    }
}
