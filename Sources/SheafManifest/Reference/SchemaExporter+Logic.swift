extension SchemaExporter {
    /// Adds conditions and alternatives.
    mutating func addLogic(_ schema: OrderedJSON, _ here: Context, _ result: inout OrderedJSON) {
        var context = here
        // A condition on a mapping is about the keys that this mapping describes.
        context.owner = schema["properties"] == nil ? here.owner : schema
        for part in schema["allOf"]?.elements ?? [] { Self.add(rule(part, context), to: &result) }
        if let parts = schema["anyOf"]?.elements { addAnyOf(parts.map { rule($0, context) }, &result) }
        if let parts = schema["oneOf"]?.elements {
            let rules = parts.map { exactRule($0, context) }
            if !rules.contains(where: Self.isVacuous) { Self.add(["oneOf": .array(rules)], to: &result) }
        }
        if let part = schema["not"] { Self.add(["not": Self.exact(part)], to: &result) }
        guard let condition = schema["if"] else { return }
        for (keyword, test) in [("then", Self.exact(condition)), ("else", ["not": Self.exact(condition)])] {
            guard let part = schema[keyword] else { continue }
            let rule = rule(part, context)
            if !Self.isVacuous(rule) { Self.add(["if": test, "then": rule], to: &result) }
        }
    }

    private func addAnyOf(_ rules: [OrderedJSON], _ result: inout OrderedJSON) {
        guard !rules.contains(where: Self.isVacuous) else { return }
        Self.add(["anyOf": .array(rules)], to: &result)
    }

    /// What must hold, in the way of `validate`: keys also count under their other names.
    private mutating func rule(_ schema: OrderedJSON, _ context: Context) -> OrderedJSON {
        guard schema.isObject, schema["x-severity"] == nil else { return schema.isObject ? [:] : schema }
        var result = annotations(schema).removing(["description"])
        result = result.merging(assertions(schema, context))
        var required: [String] = []
        for key in schema["required"]?.texts ?? [] {
            let ways = ways(to: key, in: context.owner ?? [:])
            if ways.count == 1 {
                required.append(key)
            } else if ways.count > 1 {
                Self.add(["anyOf": .array(ways)], to: &result)
            }
        }
        if !required.isEmpty { result["required"] = OrderedJSON(required) }
        if let properties = schema["properties"] {
            result["properties"] = .object(
                properties.members.map { member in
                    .init(member.key, rule(member.value, context.with(takesNull: true)))
                }
            )
        }
        addLogic(schema, context, &result)
        return result
    }

    /// One of several that exclude each other: an empty value is none.
    private mutating func exactRule(_ schema: OrderedJSON, _ context: Context) -> OrderedJSON {
        let keys = schema["required"]?.texts ?? []
        guard schema.members.count == 1, !keys.isEmpty else { return rule(schema, context) }
        let parts = keys.map { key -> OrderedJSON in
            let ways = ways(to: key, in: context.owner ?? [:]).map { way -> OrderedJSON in
                let names = way["required"]?.texts ?? []
                guard way["properties"] == nil else { return way }
                return way.merging([
                    "properties": .object(names.map { .init($0, ["not": ["type": "null"]]) })
                ])
            }
            if ways.isEmpty { return [:] }
            let any: OrderedJSON = ["anyOf": .array(ways)]
            return ways.count == 1 ? ways[0] : any
        }
        return parts.count == 1 ? parts[0] : ["allOf": .array(parts)]
    }

    /// A condition as it stands, without what editors do not know.
    static func exact(_ schema: OrderedJSON) -> OrderedJSON {
        switch schema {
        case .scalar: return schema
        case .array(let elements): return .array(elements.map(exact))
        case .object(let members):
            return .object(
                members.filter { !$0.key.hasPrefix("x-") && $0.key != "format" }.map { .init($0.key, exact($0.value)) }
            )
        }
    }
}
