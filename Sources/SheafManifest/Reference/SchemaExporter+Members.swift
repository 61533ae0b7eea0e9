extension SchemaExporter {
    // MARK: Mappings

    /// Adds what is said of the members of a mapping.
    ///
    /// `inner` is for the values of the members, which a severity of the mapping says nothing of.
    mutating func addMembers(
        _ schema: OrderedJSON,
        _ here: Context,
        inner: Context,
        _ result: inout OrderedJSON
    ) {
        let moves = Moves(schema)
        let required = Set(schema["required"]?.texts ?? [])
        var properties: [OrderedJSON.Member] = []
        for member in schema["properties"]?.members ?? [] {
            let value = moves.adapt(member, of: schema, library)
            let isFirm = required.contains(member.key) && !here.isDoubtful
            properties.append(.init(member.key, export(value, of: member.key, inner.with(takesNull: !isFirm))))
        }
        for other in otherKeys(schema, moves, inner) where !properties.contains(where: { $0.key == other.key }) {
            properties.append(other)
        }
        if !properties.isEmpty { result["properties"] = .object(properties) }
        addFreeMembers(schema, here, inner, &result)
        if !here.isDoubtful { addRequirements(schema, &result) }
        addStackSpec(schema, here, &result)
    }

    private mutating func addFreeMembers(
        _ schema: OrderedJSON,
        _ here: Context,
        _ inner: Context,
        _ result: inout OrderedJSON
    ) {
        guard let others = schema["additionalProperties"] else { return }
        if others == false {
            guard !here.isDoubtful else { return }
            // A placeholder may also stand for a key.
            result["patternProperties"] = [Self.placeholder: true]
            result["additionalProperties"] = false
        } else if others.isObject {
            let value = export(others, inner.with(takesNull: true))
            if !Self.isVacuous(value) { result["additionalProperties"] = value }
        }
        if let names = schema["propertyNames"]?["pattern"]?.text, !here.isDoubtful {
            result["propertyNames"] = ["pattern": OrderedJSON("\(names)|\(Self.placeholder)")]
        }
    }

    /// Keys that are accepted, though others are meant.
    private mutating func otherKeys(
        _ schema: OrderedJSON,
        _ moves: Moves,
        _ inner: Context
    ) -> [OrderedJSON.Member] {
        var result: [OrderedJSON.Member] = []
        for member in schema["properties"]?.members ?? [] {
            let resolved = library.resolved(member.value)
            for alias in resolved["x-aliases"]?.elements ?? [] {
                guard let name = alias["name"]?.text else { continue }
                let value = export(member.value, inner.with(takesNull: true))
                let warns = ["slip", "old"].contains(alias["notice"]?.text ?? "")
                result.append(.init(name, deprecated(value, say: "Write '\(member.key)'.", warns: warns)))
            }
        }
        for (key, parent) in moves.into {
            let child = library.resolved(schema["properties"]?[parent] ?? [:])
            // What is moved may itself hold keys that stand in the wrong place.
            let described = child["properties"]?[key].map { Moves(child).adapt(.init(key, $0), of: child, library) }
            let target = described ?? child["additionalProperties"]
            let value = export(target.flatMap { $0.isObject ? $0 : nil } ?? [:], inner.with(takesNull: true))
            result.append(.init(key, deprecated(value, say: "Write it below '\(parent)'.", warns: true)))
        }
        for (key, parent) in Moves.lifted(schema) {
            let target = schema["x-parent"]?["properties"]?[key]
            let value = export(target ?? [:], inner.with(takesNull: true))
            result.append(.init(key, deprecated(value, say: "Write it beside '\(parent)'.", warns: true)))
        }
        for misplaced in schema["x-misplaced"]?.elements ?? [] where misplaced["severity"] == "warning" {
            let help = misplaced["help"]?.text ?? "it is ignored here"
            result +=
                misplaced["keys"]?.texts.map {
                    .init($0, deprecated([:], say: "Misplaced: \(help).", warns: true))
                } ?? []
        }
        return result
    }

    // MARK: Mandatory keys

    private func addRequirements(_ schema: OrderedJSON, _ result: inout OrderedJSON) {
        var plain: [String] = []
        for key in schema["required"]?.texts ?? [] {
            let ways = ways(to: key, in: schema)
            if ways == [["required": [OrderedJSON(key)]]] {
                plain.append(key)
            } else if !ways.isEmpty {
                Self.add(["anyOf": .array(ways)], to: &result)
            }
        }
        if !plain.isEmpty { result["required"] = OrderedJSON(plain) }
    }

    /// The schemas of mappings that have a key, under its own name or otherwise; empty where nothing must be there.
    func ways(to key: String, in schema: OrderedJSON) -> [OrderedJSON] {
        let moves = Moves(schema)
        if schema["x-moved-in"]?.texts.contains(key) == true { return [] }
        let aliases = library.resolved(schema["properties"]?[key] ?? [:])["x-aliases"]?.elements ?? []
        let names = [key] + aliases.compactMap { $0["name"]?.text } + moves.into.filter { $0.parent == key }.map(\.key)
        let here: [OrderedJSON] = names.map { ["required": [OrderedJSON($0)]] }
        let below: [OrderedJSON] = moves.from.filter { $0.key == key }.map {
            ["required": [OrderedJSON($0.parent)], "properties": [$0.parent: ["required": [OrderedJSON(key)]]]]
        }
        return here + below
    }

    // MARK: Lists and shorthands

    /// Adds what is said of the elements of a list, and of a value that stands for the only one.
    mutating func addItems(_ schema: OrderedJSON, _ here: Context, inner: Context, _ result: inout OrderedJSON) {
        guard let items = schema["items"] else { return }
        let value = export(items, inner.with(takesNull: true))
        guard !Self.isVacuous(value) else { return }
        guard schema["x-single"] != nil, acceptedTypes(items)?.contains("object") == true else {
            result["items"] = value
            return
        }
        let item = shared(value)
        result["items"] = item
        Self.add(["if": ["type": "object"], "then": item], to: &result)
    }

    /// Adds what is said of values that stand for a mapping.
    mutating func addShorthands(_ schema: OrderedJSON, _ here: Context, inner: Context, _ result: inout OrderedJSON) {
        if schema["x-list-of-one"] != nil {
            let only = result.removing(["title", "description", "default", "examples"])
            Self.add(["if": ["type": "array"], "then": ["maxItems": 1, "items": shared(only)]], to: &result)
        }
        guard let key = schema["x-shorthand"]?["key"]?.text, let member = schema["properties"]?[key],
            !isScalar(member)
        else { return }
        let value = export(member, inner.with(takesNull: true)).removing(["description", "examples", "default"])
        Self.add(["if": ["not": ["type": "object"]], "then": value], to: &result)
    }
}

/// The keys of a mapping that may stand in the wrong place.
struct Moves {
    /// Keys of this mapping that belong into one of its children.
    private(set) var into: [(key: String, parent: String)] = []
    /// Keys of this mapping that may stand in one of its children.
    private(set) var from: [(key: String, parent: String)] = []

    init(_ schema: OrderedJSON) {
        for move in schema["x-moves"]?.elements ?? [] {
            let keys = move["keys"]?.texts ?? []
            if let parent = move["into"]?.text { into += keys.map { ($0, parent) } }
            if let parent = move["from"]?.text { from += keys.map { ($0, parent) } }
        }
    }

    /// A property's schema that knows which of its keys may stand above it, and which of its parent's in it.
    func adapt(_ member: OrderedJSON.Member, of schema: OrderedJSON, _ library: SchemaLibrary) -> OrderedJSON {
        let above = into.filter { $0.parent == member.key }.map(\.key)
        let below = from.filter { $0.parent == member.key }.map(\.key)
        if above.isEmpty, below.isEmpty { return member.value }
        var result = member.value
        if !above.isEmpty { result["x-moved-in"] = OrderedJSON(above) }
        if !below.isEmpty {
            result["x-moved-out"] = OrderedJSON(below)
            result["x-moved-out-of"] = OrderedJSON(member.key)
            result["x-parent"] = schema
        }
        return result
    }

    /// The keys of the mapping above that may stand in this one, each with this one's own key.
    static func lifted(_ schema: OrderedJSON) -> [(key: String, parent: String)] {
        guard let parent = schema["x-moved-out-of"]?.text else { return [] }
        return schema["x-moved-out"]?.texts.map { ($0, parent) } ?? []
    }
}
