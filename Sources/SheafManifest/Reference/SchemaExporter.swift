/// Makes a schema for editors from the schemas of the manifest language.
struct SchemaExporter {
    /// Where a schema stands, as far as that decides how strict it is.
    struct Context {
        /// Whether an empty value is as good as none.
        var takesNull = true
        /// Whether everything that is refused here is only a warning, so that editors must not refuse it.
        var isDoubtful = false
        /// The file of the schema, which tells the kind.
        var file: String
        /// The mapping that this schema is a condition on.
        var owner: OrderedJSON?

        func with(takesNull: Bool) -> Context {
            var copy = self
            copy.takesNull = takesNull
            copy.owner = nil
            return copy
        }
    }

    /// A part of a schema that has a name in `$defs`.
    private struct Definition: Hashable {
        var reference: String
        var isDoubtful: Bool
    }

    let library: SchemaLibrary
    private let rootEntry: SchemaEntry?
    /// Whether a manifest of any kind may stand somewhere.
    var needsManifest = false
    private var known: Set<Definition> = []
    private var pending: [Definition] = []
    /// Whether manifests that stand in others are described; where only a stack has one, they would be most of the schema.
    private let describesManifests: Bool
    /// The keys on the way to what is exported, behind the name of its definition.
    private var trail: [String] = []
    /// Parts that are used twice, by their names in `$defs`.
    private var hoisted: [String: OrderedJSON] = [:]
    /// The references whose targets are being put in place, so that none is put into itself.
    private var inlined: [String] = []

    init(library: SchemaLibrary, root: SchemaEntry?) {
        self.library = library
        rootEntry = root
        describesManifests = root.map { Self.holdsManifest(library.schema(of: $0)) } ?? true
    }

    private static func holdsManifest(_ schema: OrderedJSON) -> Bool {
        schema["x-manifest"]?.isTrue == true || schema.members.contains { holdsManifest($0.value) }
            || schema.elements.contains(where: holdsManifest)
    }

    // MARK: Documents

    /// A whole schema: the root, and what it refers to.
    mutating func document(_ root: OrderedJSON) -> OrderedJSON {
        var definitions: [String: OrderedJSON] = [:]
        var hasManifest = false
        while true {
            if let next = pending.popLast() {
                definitions[name(of: next)] = export(definition: next)
            } else if needsManifest, !hasManifest {
                hasManifest = true
                definitions["manifest"] = manifest()
            } else {
                break
            }
        }
        definitions.merge(hoisted) { first, _ in first }
        var result: OrderedJSON = ["$schema": EditorSchema.dialect]
        result = result.merging(root)
        if !definitions.isEmpty {
            result["$defs"] = .object(definitions.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })
        }
        return result
    }

    private mutating func export(definition: Definition) -> OrderedJSON {
        let file = SchemaLibrary.file(of: definition.reference)
        if SchemaLibrary.pointer(of: definition.reference).isEmpty, let entry = entry(of: file) {
            return root(of: entry, takesNull: true)
        }
        let target = library.target(of: definition.reference) ?? [:]
        inlined = [definition.reference]
        trail = [name(of: definition)]
        defer { inlined = [] }
        return export(target, Context(isDoubtful: definition.isDoubtful, file: file))
    }

    /// The schema of a kind or a stack.
    mutating func root(of entry: SchemaEntry, takesNull: Bool) -> OrderedJSON {
        var schema = library.schema(of: entry)
        if entry.sort == .kind { schema = withSpellings(schema, of: entry) }
        let context = Context(takesNull: takesNull, isDoubtful: entry.isDoubtful, file: entry.file)
        inlined = ["\(entry.file)#"]
        trail = [entry.name]
        defer { inlined = [] }
        var result = export(schema, context)
        // A whole manifest, unlike what stands in one, cannot be a placeholder.
        guard entry.sort == .kind, !takesNull else { return result }
        result["type"] = "object"
        return result.removing(["pattern", "patternErrorMessage"])
    }

    /// A kind's schema with other spellings of its type, its versions and its section as keywords on these.
    private func withSpellings(_ schema: OrderedJSON, of entry: SchemaEntry) -> OrderedJSON {
        var schema = schema
        var properties = schema["properties"] ?? [:]
        let synonyms = entry.spellings.map { OrderedJSON.Member($0, OrderedJSON(entry.name)) }
        properties["type"] = properties["type"]?.merging(["x-ignore-case": true, "x-synonyms": .object(synonyms)])
        properties["version"] = properties["version"]?.merging([
            "enum": OrderedJSON(entry.versions), "x-version": true,
        ])
        if let section = entry.section, !entry.sectionSpellings.isEmpty {
            properties[section] = properties[section]?.merging(["x-aliases": .array(entry.sectionSpellings)])
        }
        schema["properties"] = properties
        return schema
    }

    func entry(of file: String) -> SchemaEntry? { library.entries.first { $0.file == file } }

    // MARK: References

    /// A reference to a part of the document; the part is exported later.
    mutating func reference(to reference: String, isDoubtful: Bool) -> OrderedJSON {
        let entry = SchemaLibrary.pointer(of: reference).isEmpty ? entry(of: SchemaLibrary.file(of: reference)) : nil
        if let entry, entry == rootEntry { return ["$ref": "#"] }
        let definition = Definition(
            reference: reference,
            isDoubtful: isDoubtful || self.entry(of: SchemaLibrary.file(of: reference))?.isDoubtful == true
        )
        if known.insert(definition).inserted { pending.append(definition) }
        return ["$ref": OrderedJSON("#/$defs/\(name(of: definition))")]
    }

    /// Such as `service.section` or `common.secretUse`.
    private func name(of definition: Definition) -> String {
        let file = SchemaLibrary.file(of: definition.reference)
        let base = file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file
        let parts = SchemaLibrary.pointer(of: definition.reference).filter { $0 != "$defs" && $0 != "properties" }
        let isMarked = definition.isDoubtful && entry(of: file)?.isDoubtful != true
        return ([base] + parts + (isMarked ? ["lenient"] : [])).joined(separator: ".")
    }

    // MARK: Any schema

    /// Keywords that say nothing to an editor where they stand beside a reference.
    private static let ignored: Set<String> = [
        "x-aliases", "x-recommended", "x-suggested", "x-suggested-unless", "x-reference", "x-secret", "x-check",
        "x-template", "x-help", "x-message", "x-nulls",
    ]

    /// A schema as editors see it.
    mutating func export(_ schema: OrderedJSON, _ context: Context) -> OrderedJSON {
        guard schema.isObject else { return schema }
        guard let reference = schema["$ref"]?.text else { return exportPlain(schema, context) }
        let isBare = schema.removing(Self.ignored).members.count == 1
        let isCycle = inlined.contains(reference)
        // A mandatory value must not be empty, which the shared definition would allow.
        let isEnough = isBare && (context.takesNull || isCycle)
        if isEnough && !(context.isDoubtful && isScalar(schema)) || isCycle {
            return self.reference(to: reference, isDoubtful: context.isDoubtful)
        }
        inlined.append(reference)
        defer { inlined.removeLast() }
        var inner = context
        inner.file = SchemaLibrary.file(of: library.origin(of: schema) ?? reference)
        return exportPlain(library.resolved(schema), inner)
    }

    /// Whether a schema describes neither a mapping nor a list.
    func isScalar(_ schema: OrderedJSON) -> Bool {
        let resolved = library.resolved(schema)
        return Set(resolved["type"]?.texts ?? ["object"]).isDisjoint(with: ["object", "array"])
    }

    private mutating func exportPlain(_ schema: OrderedJSON, _ context: Context) -> OrderedJSON {
        var result = annotations(schema)
        if schema["x-manifest"]?.isTrue == true, describesManifests {
            needsManifest = true
            result["allOf"] = [["$ref": "#/$defs/manifest"]]
            return result
        }
        var here = context
        // The severity is that of this schema, not of those below it.
        here.isDoubtful = context.isDoubtful || schema["x-severity"] != nil
        result = result.merging(here.isDoubtful ? hints(schema) : assertions(schema, here))
        if schema["items"] != nil { addItems(schema, here, inner: context, &result) }
        if schema["properties"] != nil || schema["additionalProperties"] != nil || schema["required"] != nil {
            addMembers(schema, here, inner: context, &result)
        }
        addShorthands(schema, here, inner: context, &result)
        if !here.isDoubtful { addLogic(schema, here, &result) }
        return result
    }

    /// Exports the value of a key.
    mutating func export(_ schema: OrderedJSON, of key: String, _ context: Context) -> OrderedJSON {
        trail.append(key)
        defer { trail.removeLast() }
        return export(schema, context)
    }

    /// A reference to something that is used more than once.
    mutating func shared(_ schema: OrderedJSON) -> OrderedJSON {
        if schema["$ref"] != nil || schema.members.count < 2 { return schema }
        let name = (trail + ["item"]).joined(separator: ".")
        // A part that is put into two places may differ in them.
        let free = (2...).lazy.map { "\(name)\($0)" }.first { hoisted[$0] == nil || hoisted[$0] == schema }
        let chosen = hoisted[name] == nil || hoisted[name] == schema ? name : free ?? name
        hoisted[chosen] = schema
        return ["$ref": OrderedJSON("#/$defs/\(chosen)")]
    }

    /// Adds something that must hold as well.
    static func add(_ condition: OrderedJSON, to schema: inout OrderedJSON) {
        guard !isVacuous(condition) else { return }
        schema["allOf"] = .array((schema["allOf"]?.elements ?? []) + [condition])
    }

    /// Whether a schema refuses nothing, and has nothing to complete either.
    static func isVacuous(_ schema: OrderedJSON) -> Bool {
        schema.members.allSatisfy { member in
            switch member.key {
            case "properties": member.value.members.allSatisfy { isVacuous($0.value) }
            case "allOf": member.value.elements.allSatisfy(isVacuous)
            case "anyOf": member.value.elements.contains(where: isVacuous)
            case "description", "title", "if": true
            case "then": isVacuous(member.value)
            default: false
            }
        } && schema != false
    }
}
