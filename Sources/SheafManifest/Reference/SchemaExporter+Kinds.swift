extension SchemaExporter {
    // MARK: Stacks

    /// Adds what may stand in `stackSpec`, by the stack that stands beside it, and offers the stacks.
    mutating func addStackSpec(_ schema: OrderedJSON, _ here: Context, _ result: inout OrderedJSON) {
        let members = schema["properties"]?.members ?? []
        let specs = members.filter { library.resolved($0.value)["x-stack-spec"]?.isTrue == true }.map(\.key)
        guard !specs.isEmpty, members.contains(where: { $0.key == "stack" }) else { return }
        let kind = entry(of: here.file)?.name ?? ""
        let stacks = library.stacks.filter { $0.runsIn.contains(kind) }
        for stack in stacks {
            let target = reference(to: "\(stack.file)#", isDoubtful: false)
            Self.add(
                [
                    "if": [
                        "properties": ["stack": ["type": "string", "pattern": OrderedJSON(Self.pattern(of: stack))]],
                        "required": ["stack"],
                    ],
                    "then": ["properties": .object(specs.map { .init($0, target) })],
                ],
                to: &result
            )
        }
        offer(stacks, in: &result)
    }

    /// Such as `^(?:steampipe|steampipestack)(?:[+:]|$)`.
    private static func pattern(of stack: SchemaEntry) -> String {
        let names = stack.stackNames.map { pattern(of: $0, ignoresCase: false) }
        return "^(?:\(names.joined(separator: "|")))(?:[+:]|$)"
    }

    private func offer(_ stacks: [SchemaEntry], in result: inout OrderedJSON) {
        let names = stacks.filter { $0.instead == nil }.map(\.exampleName)
        guard !names.isEmpty, var properties = result["properties"], var stack = properties["stack"],
            stack["$ref"] == nil
        else { return }
        stack["examples"] = OrderedJSON(names)
        properties["stack"] = stack
        result["properties"] = properties
    }

    // MARK: Kinds

    /// A manifest of any kind.
    mutating func manifest() -> OrderedJSON {
        var rules: [OrderedJSON] = []
        for kind in library.kinds {
            let names = [kind.name] + kind.spellings
            rules.append([
                "if": ["properties": ["type": ["enum": OrderedJSON(names)]], "required": ["type"]],
                "then": reference(to: "\(kind.file)#", isDoubtful: false),
            ])
        }
        let names = library.kinds.map(\.name)
        let accepted = names + library.kinds.flatMap(\.spellings)
        let forms = accepted.map { Self.pattern(of: $0, ignoresCase: true) }.joined(separator: "|")
        return [
            "title": "Manifest",
            "description": "A manifest of any kind; 'type' says which.",
            "type": ["object", "string", "null"],
            "pattern": OrderedJSON(Self.placeholder),
            "patternErrorMessage": "expected a mapping",
            "required": ["type"],
            "properties": [
                "type": [
                    "description": "The kind of resource.",
                    "type": "string",
                    "anyOf": [
                        ["enum": OrderedJSON(names)], ["pattern": OrderedJSON("^(?:\(forms))$|\(Self.placeholder)")],
                    ],
                ]
            ],
            "allOf": .array(rules),
        ]
    }
}

extension SchemaEntry {
    /// How a manifest names the stack: `soda+python:1.0`, or `dbt:1.0`.
    package var exampleName: String {
        let name = stackNames.first ?? self.name
        return versions.first.map { "\(name):\($0)" } ?? name
    }
}
