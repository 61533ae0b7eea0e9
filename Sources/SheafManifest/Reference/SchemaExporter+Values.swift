extension SchemaExporter {
    /// What `PlaceholderText` takes for a value that is filled in later.
    static let placeholder = #"\$\{|\{\{|^\$[A-Za-z_]|<.*>"#

    private static let booleanText = "^(?:[tT][rR][uU][eE]|[fF][aA][lL][sS][eE])$"
    private static let integerText = "^[+-]?[0-9]+$"
    private static let numberText = #"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"#
    private static let versionText = "^v[0-9]+(?:alpha|beta)?[0-9]*$"

    // MARK: For people

    /// What is shown and offered, and refuses nothing.
    func annotations(_ schema: OrderedJSON) -> OrderedJSON {
        var result: OrderedJSON = [:]
        result["title"] = schema["title"]
        result["description"] = description(schema)
        if schema["deprecated"]?.isTrue == true {
            result["deprecated"] = true
            result["deprecationMessage"] = schema["x-instead"]
        }
        result["default"] = schema["default"]
        result["examples"] = schema["examples"]
        return result
    }

    private func description(_ schema: OrderedJSON) -> OrderedJSON? {
        let notes = ["x-warning", "x-note"].compactMap { schema[$0]?.text }.map(Self.sentence)
        let parts = [schema["description"]?.text].compactMap { $0 } + notes
        return parts.isEmpty ? nil : OrderedJSON(parts.joined(separator: " "))
    }

    private static func sentence(_ text: String) -> String {
        "\(text.prefix(1).uppercased())\(text.dropFirst())\(text.hasSuffix(".") ? "" : ".")"
    }

    /// A key that is accepted, though another one is meant.
    func deprecated(_ schema: OrderedJSON, say description: String, warns: Bool) -> OrderedJSON {
        var result: OrderedJSON = ["description": OrderedJSON(description), "deprecated": true]
        // Editors show this message as a warning.
        if warns { result["deprecationMessage"] = OrderedJSON(description) }
        if schema["$ref"] != nil { return result.merging(["allOf": [schema]]) }
        return result.merging(
            schema.removing(["title", "description", "deprecated", "deprecationMessage", "default", "examples"])
        )
    }

    // MARK: Types

    /// What completion needs of a value about which everything is accepted.
    func hints(_ schema: OrderedJSON) -> OrderedJSON {
        if let words = schema["enum"], !words.elements.isEmpty { return ["anyOf": [["enum": words], [:]]] }
        if schema["type"] == "boolean" { return ["anyOf": [["type": "boolean"], [:]]] }
        return [:]
    }

    /// The types and values that are accepted.
    func assertions(_ schema: OrderedJSON, _ context: Context) -> OrderedJSON {
        if let words = schema["enum"]?.elements { return choice(schema, words, context) }
        if let word = schema["const"] { return choice(schema, [word], context) }
        let limits = limits(schema)
        guard let types = acceptedTypes(schema) else { return limits }
        if types.isSuperset(of: ["string", "number", "boolean"]), types.isDisjoint(with: ["object", "array"]) {
            return text(limits, context)
        }
        return list(types, schema, context).merging(limits)
    }

    /// Any scalar; 'string' is what editors name when something else stands there.
    private func text(_ limits: OrderedJSON, _ context: Context) -> OrderedJSON {
        let refused: OrderedJSON = context.takesNull ? ["object", "array"] : ["object", "array", "null"]
        let result: OrderedJSON = ["anyOf": [["type": "string"], ["not": ["type": refused]]]]
        return result.merging(limits)
    }

    /// Types by name, with texts that stand for them.
    private func list(_ types: Set<String>, _ schema: OrderedJSON, _ context: Context) -> OrderedJSON {
        let order = ["object", "array", "boolean", "integer", "number", "string"]
        let declared = schema["type"]?.texts ?? []
        var names = declared + order.filter { types.contains($0) && !declared.contains($0) }
        var result: OrderedJSON = [:]
        if !types.contains("string") {
            names.append("string")
            result = textForm(types)
        }
        if context.takesNull { names.append("null") }
        let type: OrderedJSON = ["type": names.count == 1 ? OrderedJSON(names[0]) : OrderedJSON(names)]
        return type.merging(result)
    }

    /// The texts that are taken for values that are no texts, and what an editor says about others.
    private func textForm(_ types: Set<String>) -> OrderedJSON {
        var forms: [String] = []
        var words: [String] = []
        if types.contains("object") { words.append("a mapping") }
        if types.contains("array") { words.append("a list") }
        if types.contains("boolean") {
            forms.append(Self.booleanText)
            words.append("true or false")
        }
        if types.contains("number") {
            forms.append(Self.numberText)
            words.append("a number")
        } else if types.contains("integer") {
            forms.append(Self.integerText)
            words.append("a whole number")
        }
        return [
            "pattern": OrderedJSON((forms + [Self.placeholder]).joined(separator: "|")),
            "patternErrorMessage": OrderedJSON("expected \(words.joined(separator: " or "))"),
        ]
    }

    /// The types of values that a schema takes, by its own shape or by what is made of them; nil for all.
    func acceptedTypes(_ schema: OrderedJSON) -> Set<String>? {
        let schema = library.resolved(schema)
        guard let declared = schema["type"]?.texts, !declared.isEmpty else { return nil }
        var types = Set(declared)
        if schema["x-single"] != nil {
            guard let items = schema["items"], let inner = acceptedTypes(items) else { return nil }
            types.formUnion(inner)
        }
        if schema["x-list-of-one"] != nil { types.insert("array") }
        if let key = schema["x-shorthand"]?["key"]?.text {
            guard let member = schema["properties"]?[key], let inner = acceptedTypes(member) else { return nil }
            types.formUnion(inner)
        }
        return types
    }

    /// Numbers and lengths.
    private func limits(_ schema: OrderedJSON) -> OrderedJSON {
        let names = [
            "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
            "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "contentMediaType",
        ]
        var result: OrderedJSON = [:]
        for name in names { result[name] = schema[name] }
        if let pattern = schema["pattern"]?.text {
            result["pattern"] = OrderedJSON("\(pattern)|\(Self.placeholder)")
            result["patternErrorMessage"] = schema["x-message"]
        }
        return result
    }

    // MARK: Choices

    /// The words to offer, and then the others that are accepted.
    private func choice(_ schema: OrderedJSON, _ words: [OrderedJSON], _ context: Context) -> OrderedJSON {
        let offered: OrderedJSON = schema["enum"].map { ["enum": $0] } ?? ["const": words.first ?? ""]
        let ignoresCase = schema["x-ignore-case"]?.isTrue == true
        let synonyms = schema["x-synonyms"]?.members.map(\.key) ?? []
        var forms: [String] = []
        let accepted = (ignoresCase ? words.compactMap(\.text) : []) + synonyms
        if !accepted.isEmpty {
            forms.append("^(?:\(accepted.map { Self.pattern(of: $0, ignoresCase: true) }.joined(separator: "|")))$")
        }
        if schema["x-version"] != nil { forms.append(Self.versionText) }
        forms.append(Self.placeholder)
        let types: OrderedJSON = context.takesNull ? ["string", "null"] : "string"
        return ["type": types, "anyOf": [offered, ["pattern": OrderedJSON(forms.joined(separator: "|"))]]]
    }

    /// A regular expression for a word.
    static func pattern(of word: String, ignoresCase: Bool) -> String {
        word.map { character in
            let lower = character.lowercased()
            let upper = character.uppercased()
            if ignoresCase, lower != upper { return "[\(lower)\(upper)]" }
            return "\\^$.|?*+()[]{}/".contains(character) ? "\\\(character)" : String(character)
        }.joined()
    }
}
