/// The schemas of the manifest language, as reference for people and editors.
///
/// References are made absolute when the files are read (`common.yaml#/$defs/text`), so that any part of a schema can be
/// put anywhere else.
package struct SchemaLibrary: Sendable {
    /// The schemas that are part of the program.
    package static let embedded = SchemaLibrary()

    /// The kinds of manifests, by name.
    package let kinds: [SchemaEntry]
    /// The stacks, by name.
    package let stacks: [SchemaEntry]
    /// The schemas by their file, such as `service.yaml`.
    private let files: [String: OrderedJSON]

    private init() {
        var files: [String: OrderedJSON] = [:]
        for name in EmbeddedSchemas.names where name.hasPrefix("kinds/") || name.hasPrefix("stacks/") {
            let file = name.split(separator: "/").last.map(String.init) ?? name
            let tree = TreeParser.parse(EmbeddedSchemas.bytes(name) ?? [], file: name).tree
            guard let root = tree.documents.first else { continue }
            files[file] = Self.absolute(OrderedJSON(tree, root), in: file)
        }
        let entries = files.sorted { $0.key < $1.key }.compactMap { SchemaEntry(file: $0.key, schema: $0.value) }
        self.files = files
        kinds = entries.filter { $0.sort == .kind }
        stacks = entries.filter { $0.sort == .stack }
    }

    private static func absolute(_ schema: OrderedJSON, in file: String) -> OrderedJSON {
        switch schema {
        case .scalar: return schema
        case .array(let elements): return .array(elements.map { absolute($0, in: file) })
        case .object(let members):
            return .object(
                members.map { member in
                    if member.key == "$ref", let reference = member.value.text, reference.hasPrefix("#") {
                        return .init(member.key, OrderedJSON(file + reference))
                    }
                    return .init(member.key, absolute(member.value, in: file))
                }
            )
        }
    }

    // MARK: Entries

    /// Kinds, then stacks.
    package var entries: [SchemaEntry] { kinds + stacks }

    /// The kind or stack with a name, in any case, in any of its spellings, with or without a stack's version.
    package func entry(named name: String) -> SchemaEntry? {
        let wanted = name.lowercased()
        let plain = String(wanted.prefix { $0 != ":" && $0 != "+" })
        return entries.first { $0.name.lowercased() == wanted }
            ?? entries.first { entry in
                ([entry.name] + entry.spellings).contains { $0.lowercased() == (entry.sort == .kind ? wanted : plain) }
            }
    }

    /// The schema of a kind or stack.
    package func schema(of entry: SchemaEntry) -> OrderedJSON { files[entry.file] ?? [:] }

    // MARK: References

    /// What a reference such as `common.yaml#/$defs/text` names; nil when there is nothing.
    func target(of reference: String) -> OrderedJSON? {
        let parts = reference.split(separator: "#", maxSplits: 1)
        guard let file = parts.first, var schema = files[String(file)] else { return nil }
        for name in Self.pointer(of: reference) {
            guard let next = schema[name] else { return nil }
            schema = next
        }
        return schema
    }

    /// The names of a reference's pointer: `$defs` and `text`.
    static func pointer(of reference: String) -> [String] {
        guard let hash = reference.firstIndex(of: "#") else { return [] }
        return reference[reference.index(after: hash)...].split(separator: "/").map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    /// The file that a reference leads to.
    static func file(of reference: String) -> String { String(reference.prefix { $0 != "#" }) }

    /// A schema with what it refers to put in place: keywords beside a reference win over those of its target.
    func resolved(_ schema: OrderedJSON) -> OrderedJSON {
        var result = schema
        // A chain of references is short; one that leads back to itself ends here.
        for _ in 0..<16 {
            guard let reference = result["$ref"]?.text, let target = target(of: reference) else { break }
            result = target.merging(result.removing(["$ref"]))
        }
        return result
    }

    /// The last reference of a chain; nil for a schema that stands where it is used.
    func origin(of schema: OrderedJSON) -> String? {
        var reference = schema["$ref"]?.text
        for _ in 0..<16 {
            guard let name = reference, let next = target(of: name)?["$ref"]?.text else { break }
            reference = next
        }
        return reference
    }
}
