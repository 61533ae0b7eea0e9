internal import SheafModel

/// The stacks that a bundle brings itself, with what they say about `stackSpec`.
struct CustomStacks: Sendable {
    struct Stack: Sendable {
        var name: String
        var flavor: String?
        var version: String?
        /// Nil where the stack has no schema, or one that cannot be read.
        var schema: CompiledSchema?
    }

    private(set) var stacks: [Stack] = []

    var isEmpty: Bool { stacks.isEmpty }

    /// The stack that a workload means; nil when the bundle has none of that name.
    func find(_ wanted: StackName?) -> Stack? {
        guard let wanted, !stacks.isEmpty else { return nil }
        return stacks.first { stack in
            stack.name == wanted.name && (wanted.flavor == nil || stack.flavor == wanted.flavor)
                && (wanted.version == nil || stack.version == wanted.version)
        }
    }

    /// Takes the definition of a stack.
    ///
    /// - Parameters:
    ///   - tree: The tree that the manifest is in.
    ///   - manifest: The manifest of a stack.
    ///   - findings: Where to report what is odd about its schema.
    mutating func add(_ tree: YAMLTree, _ manifest: YAMLTree.NodeID, _ findings: inout Findings) {
        guard let section = tree.value(manifest, "stack"),
            let name = tree.value(section, "name").map({ tree.text($0) }), !name.isEmpty
        else { return }
        let schema = tree.value(section, "stackSpecValueSchema").flatMap { tree.entry($0, "jsonSchema") }
        stacks.append(
            Stack(
                name: name,
                flavor: tree.value(section, "flavor").map { tree.text($0) },
                version: tree.value(section, "version").map { tree.text($0) },
                schema: schema.flatMap { Self.compile(tree, $0, &findings) }
            )
        )
    }

    /// Compiles the schema of a stack, which is a text of JSON or, kindly, a mapping; warns of what is sloppy.
    static func compile(_ tree: YAMLTree, _ entry: YAMLTree.Entry, _ findings: inout Findings) -> CompiledSchema? {
        let place = tree.span(entry.key)
        var source = tree
        var root = entry.value
        if tree.isScalar(entry.value) {
            if tree.withText(entry.value, PlaceholderBytes.occurs), tree.text(entry.value).contains("{{") { return nil }
            let bytes = JSONText.readable(Array(tree.text(entry.value).utf8))
            let (parsed, diagnostics) = TreeParser.parse(bytes, file: tree.source.file)
            guard !diagnostics.hasErrors, let document = parsed.documents.first else {
                findings.report(
                    .unusualValue,
                    "the JSON Schema of the stack cannot be read: "
                        + (diagnostics.first?.message ?? "it is empty"),
                    at: place,
                    help: "check its brackets and quotes"
                )
                return nil
            }
            (source, root) = (parsed, document)
        }
        let (schema, problems) = SchemaCompiler.compileLeniently(
            source,
            root,
            draft: .draft7,
            registry: .metaSchemas
        )
        for problem in problems {
            findings.report(
                .unusualValue,
                "the JSON Schema of the stack is taken without a part of it: \(problem.message)",
                at: place,
                help: problem.pointer.isEmpty ? nil : "look at \(problem.pointer)"
            )
        }
        return schema
    }
}
