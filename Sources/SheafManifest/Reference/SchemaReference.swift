/// Finds fields of manifests by their path, and what stands below them.
package struct SchemaReference: Sendable {
    package static let embedded = SchemaReference()

    /// Why a path leads nowhere.
    package enum Miss: Error, Hashable, Sendable {
        /// There is no such kind or stack; the names that there are.
        case unknownRoot(String, known: [String])
        /// A field has none of that name; the names that it has.
        case unknownField(String, below: String, known: [String])
        /// What stands below depends on the stack; those that may be meant.
        case dependsOnStack(path: String, stacks: [String])
        /// A whole manifest may stand there, of any kind.
        case anyManifest(path: String)
    }

    let library = SchemaLibrary.embedded

    // MARK: Paths

    /// The kind or stack, and the field, that a path such as `workflow.dag.spec` names.
    ///
    /// The case of letters does not matter, `[]` and `<name>` may be left out, and so may a kind's own section.
    /// - Parameters:
    ///   - path: A kind or stack, and keys behind dots.
    ///   - stack: The stack whose parameters stand in `stackSpec`.
    /// - Returns: The kind or stack that the path begins with, and the field.
    /// - Throws: `Miss`.
    package func find(
        _ path: String,
        stack: SchemaEntry? = nil
    ) throws(Miss) -> (entry: SchemaEntry, field: SchemaField) {
        var segments = path.split(separator: ".", omittingEmptySubsequences: true).map(Self.key)[...]
        let root = segments.popFirst() ?? ""
        guard let entry = library.entry(named: root) else {
            throw Miss.unknownRoot(root, known: library.entries.map(\.name))
        }
        // The version of a stack has a dot: 'flare:7.0.job'.
        if root.contains(":"), segments.first?.allSatisfy(\.isNumber) == true { segments.removeFirst() }
        var field = self.field(of: entry)
        segments = segments.filter { !$0.isEmpty }[...]
        while !segments.isEmpty {
            field = try step(&segments, from: field, in: entry, stack: stack)
        }
        return (entry, field)
    }

    private static func key(_ segment: Substring) -> String {
        var key = segment
        while key.hasSuffix("[]") { key = key.dropLast(2) }
        return String(key)
    }

    private func step(
        _ segments: inout ArraySlice<String>,
        from field: SchemaField,
        in entry: SchemaEntry,
        stack: SchemaEntry?
    ) throws(Miss) -> SchemaField {
        let known = children(of: field, stack: stack)
        // Keys may have dots themselves, as those of Spark and Iceberg.
        for count in stride(from: segments.count, to: 0, by: -1) {
            let name = segments.prefix(count).joined(separator: ".").lowercased()
            guard let found = Self.match(name, among: known) else { continue }
            segments = segments.dropFirst(count)
            return found
        }
        let word = segments.first ?? ""
        if field.path == entry.name, let section = sectionField(of: entry),
            Self.match(word.lowercased(), among: children(of: section, stack: stack)) != nil
        {
            return section
        }
        if let free = known.first(where: { $0.name == "<name>" }) {
            // A name of one's own, or a key below it.
            let below = children(of: free, stack: stack)
            if Self.match(word.lowercased(), among: below) == nil { segments = segments.dropFirst() }
            return free
        }
        throw miss(word, field, known, entry)
    }

    private static func match(_ name: String, among fields: [SchemaField]) -> SchemaField? {
        fields.first { $0.name.lowercased() == name || $0.name == "<name>" && name == "*" }
            ?? fields.first { field in field.spellings.contains { $0.name.lowercased() == name } }
    }

    private func miss(_ word: String, _ field: SchemaField, _ known: [SchemaField], _ entry: SchemaEntry) -> Miss {
        if field.schema["x-stack-spec"]?.isTrue == true {
            let stacks = library.stacks.filter { $0.runsIn.contains(entry.name) }
            return .dependsOnStack(path: field.path, stacks: stacks.map(\.name))
        }
        if field.schema["x-manifest"]?.isTrue == true { return .anyManifest(path: field.path) }
        var names = known.map(\.name)
        if field.path == entry.name, let section = sectionField(of: entry) {
            names += children(of: section).map(\.name).filter { !names.contains($0) }
        }
        return .unknownField(word, below: field.path, known: names)
    }

    // MARK: Fields

    /// A whole manifest of a kind, or the whole `stackSpec` of a stack.
    package func field(of entry: SchemaEntry) -> SchemaField {
        let schema = library.schema(of: entry)
        return SchemaField(path: entry.name, name: entry.name, isRequired: false, schema: schema, library: library)
    }

    /// The field of a kind's own section; nil for stacks.
    package func sectionField(of entry: SchemaEntry) -> SchemaField? {
        guard let section = entry.section else { return nil }
        return children(of: field(of: entry)).first { $0.name == section }
    }

    /// The fields below one, in the order in which they are described; for a list, those of its elements.
    ///
    /// `stack` is the one whose parameters stand in `stackSpec`; without it, that has no fields.
    package func children(of field: SchemaField, stack: SchemaEntry? = nil) -> [SchemaField] {
        var schema = field.schema
        if schema["x-stack-spec"]?.isTrue == true, let stack { schema = library.schema(of: stack) }
        let (container, suffix) = container(schema)
        let path = field.path + suffix
        let required = Set(container["required"]?.texts ?? [])
        var result = (container["properties"]?.members ?? []).map { member in
            makeField("\(path).\(member.key)", member.key, required.contains(member.key), member.value)
        }
        if let values = container["additionalProperties"], values.isObject,
            result.isEmpty || !self.container(library.resolved(values)).schema.members.isEmpty
        {
            let inner = makeField("\(path).<name>", "<name>", false, values)
            if !children(of: inner).isEmpty { result.append(inner) }
        }
        return result
    }

    private func makeField(_ path: String, _ name: String, _ isRequired: Bool, _ schema: OrderedJSON) -> SchemaField {
        var schema = schema
        // What the elements of a list name is said of the list.
        if let items = library.resolved(schema)["items"] { schema["x-item"] = library.resolved(items) }
        return SchemaField(path: path, name: name, isRequired: isRequired, schema: schema, library: library)
    }

    /// The mapping that a schema describes, or that its elements are, with `[]` for each list on the way.
    private func container(_ schema: OrderedJSON) -> (schema: OrderedJSON, suffix: String) {
        var schema = schema
        var suffix = ""
        for _ in 0..<8 where schema["properties"] == nil && schema["additionalProperties"]?.isObject != true {
            guard let items = schema["items"] else { break }
            schema = library.resolved(items)
            suffix += "[]"
        }
        return (schema, suffix)
    }

    /// What follows a field's path in the paths of the fields below it: `[]` for a list.
    func suffix(of field: SchemaField) -> String { container(field.schema).suffix }

    /// The definition of the mapping that a field is, or that its elements are, by which another field with the same
    /// fields below it is known; nil where it stands for itself.
    func definition(of field: SchemaField) -> String? {
        let items = library.origin(of: field.schema["items"] ?? [:])
        return field.schema["properties"] == nil ? items ?? field.origin : field.origin
    }
}
