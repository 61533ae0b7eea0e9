extension SchemaField {
    /// The type in words, such as `text`, `list of mappings` or `duration`.
    package var type: String { Self.type(of: schema, in: .embedded).one }

    /// Whether nothing is said of what stands in the mapping.
    package var isFree: Bool {
        schema["type"] == "object" && schema["properties"] == nil
            && (schema["additionalProperties"] == nil || schema["additionalProperties"]?.isTrue == true)
            && schema["x-manifest"] == nil
    }

    /// A type in words, of one and of several.
    struct Words: Hashable {
        var one: String
        var many: String

        init(_ one: String, _ many: String? = nil) {
            self.one = one
            self.many = many ?? "\(one)s"
        }
    }

    private static let formats: [String: Words] = [
        "resource-name": Words("name"), "runnable-name": Words("name"), "job-name": Words("name"),
        "address-name": Words("name"), "lenient-name": Words("name"), "workspace-name": Words("name"),
        "secret-key": Words("key"), "cron": Words("cron line"), "time-zone": Words("time zone"),
        "duration": Words("duration"), "timestamp": Words("timestamp"), "quantity-cpu": Words("quantity", "quantities"),
        "quantity-memory": Words("quantity", "quantities"), "quantity-size": Words("quantity", "quantities"),
        "jvm-memory": Words("size of memory", "sizes of memory"), "stack": Words("stack"),
        "dataos-address": Words("address", "addresses"), "file": Words("path"),
    ]

    static func type(of schema: OrderedJSON, in library: SchemaLibrary) -> Words {
        let schema = library.resolved(schema)
        if schema["x-manifest"]?.isTrue == true { return Words("manifest") }
        if let format = schema["format"]?.text, let words = formats[format] { return words }
        let types = schema["type"]?.texts ?? []
        if schema["enum"] != nil || schema["const"] != nil { return Words("word") }
        if Set(types).isSuperset(of: ["string", "number", "boolean"]), !types.contains("array") {
            return Words("text")
        }
        let words = types.filter { $0 != "null" }.map { word(of: $0, schema, library) }
        guard let last = words.last else { return Words("any value", "values") }
        guard words.count > 1 else { return last }
        let first = words.dropLast()
        return Words(
            first.map(\.one).joined(separator: ", ") + " or \(last.one)",
            first.map(\.many).joined(separator: ", ") + " or \(last.many)"
        )
    }

    private static func word(of type: String, _ schema: OrderedJSON, _ library: SchemaLibrary) -> Words {
        switch type {
        case "string": return Words("text")
        case "boolean": return Words("boolean")
        case "integer": return Words("integer")
        case "number": return Words("number")
        case "array":
            guard let items = schema["items"] else { return Words("list") }
            let inner = self.type(of: items, in: library)
            // Deeper than this, words are of no help: the fields below say the rest.
            if inner.one.hasPrefix("mapping of") { return Words("list of mappings", "lists of mappings") }
            let isPlain = inner.one != "any value" && !inner.one.contains("list") && !inner.one.contains(",")
            return isPlain ? Words("list of \(inner.many)", "lists of \(inner.many)") : Words("list")
        default:
            guard let values = schema["additionalProperties"], values.isObject, schema["properties"] == nil else {
                return Words("mapping")
            }
            let inner = self.type(of: values, in: library)
            let isPlain = inner.one != "any value" && !inner.one.contains(" of ") && !inner.one.contains("list")
            return isPlain ? Words("mapping of \(inner.many)", "mappings of \(inner.many)") : Words("mapping")
        }
    }
}
