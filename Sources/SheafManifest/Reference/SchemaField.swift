package import SheafModel

/// A field of a manifest, or a whole manifest, with all that is known of it.
package struct SchemaField: Sendable {
    /// Another way to write a key.
    package struct Spelling: Sendable, Hashable {
        package let name: String
        /// `same` for as good, `note` for worth a note, `slip` and `old` for a warning.
        package let notice: String
    }

    /// Such as `workflow.dag[].name`; the name of the kind or stack for a whole one.
    package let path: String
    /// The key; `<name>` for the keys of one's own of a mapping.
    package let name: String
    package let isRequired: Bool
    /// The schema, with what it refers to put in place.
    let schema: OrderedJSON
    /// The shared definition that this is, by which one that holds itself is known; nil for what is used once.
    let origin: String?

    init(path: String, name: String, isRequired: Bool, schema: OrderedJSON, library: SchemaLibrary) {
        self.path = path
        self.name = name
        self.isRequired = isRequired
        self.schema = library.resolved(schema)
        origin = library.origin(of: schema)
    }
}

// MARK: Facts

extension SchemaField {
    /// One sentence; empty where nothing is known.
    package var summary: String { schema["description"]?.text ?? "" }

    /// What the platform takes where the field is absent.
    package var defaultValue: JSONValue? { schema["default"]?.value }

    /// The words that are allowed; empty where there are no such words.
    package var choices: [String] {
        (schema["enum"]?.elements ?? schema["const"].map { [$0] } ?? []).map(Self.words)
    }

    /// Values as they are written in a manifest.
    package var examples: [String] { schema["examples"]?.elements.map(Self.words) ?? [] }

    /// Other spellings of the key.
    package var spellings: [Spelling] {
        schema["x-aliases"]?.elements.compactMap { alias in
            alias["name"]?.text.map { Spelling(name: $0, notice: alias["notice"]?.text ?? "same") }
        } ?? []
    }

    /// Other words for the allowed ones, such as `users` for `user`.
    package var synonyms: [(word: String, meaning: String)] {
        schema["x-synonyms"]?.members.map { ($0.key, Self.words($0.value)) } ?? []
    }

    package var isDeprecated: Bool { schema["deprecated"]?.isTrue == true }

    /// What to write in place of a deprecated field.
    package var instead: String? { schema["x-instead"]?.text }

    /// Whether the value is secret material.
    package var isSecret: Bool { schema["x-secret"]?.isTrue == true || items?["x-secret"]?.isTrue == true }

    /// What the value names: kinds, or `address`, `host`, `item`, `job`, `workspace`.
    package var references: [String] { (schema["x-reference"] ?? items?["x-reference"])?.texts ?? [] }

    /// What else is worth knowing, as sentences.
    package var remarks: [String] {
        var result: [String] = []
        if let text = schema["x-recommended"]?.text { result.append("Better not left out: \(text).") }
        if let text = schema["x-suggested"]?.text { result.append("Without it, \(text).") }
        result += ["x-warning", "x-note"].compactMap { schema[$0]?.text }.map {
            "\($0.prefix(1).uppercased())\($0.dropFirst())."
        }
        if ["accepted", "noted"].contains(schema["x-single"]?.text ?? "") {
            result.append("A single value stands for a list of one.")
        }
        if let key = schema["x-shorthand"]?["key"]?.text, schema["x-shorthand"]?["notice"] == "same" {
            result.append("A value in place of the mapping stands for '\(key)'.")
        }
        return result
    }

    /// What a number or a text is limited to, such as `1 to 65535`; nil without limits.
    package var limits: String? {
        switch (schema["minimum"].map(Self.words), schema["maximum"].map(Self.words)) {
        case (let least?, let most?): "\(least) to \(most)"
        case (let least?, nil): "at least \(least)"
        case (nil, let most?): "at most \(most)"
        case (nil, nil): schema["minLength"] == 1 && !isRequired ? "not empty" : nil
        }
    }

    private var items: OrderedJSON? { schema["x-item"] }

    /// Whether the stack decides what stands here.
    package var takesStackSpec: Bool { schema["x-stack-spec"]?.isTrue == true }

    /// Whether a whole manifest stands here.
    package var isManifest: Bool { schema["x-manifest"]?.isTrue == true }

    /// A value as a manifest has it: bare where that is clear, JSON otherwise.
    static func words(_ value: OrderedJSON) -> String {
        guard let text = value.text else { return flow(value) }
        return text.isEmpty ? "''" : text
    }

    /// A list or mapping as YAML writes it on one line.
    private static func flow(_ value: OrderedJSON) -> String {
        switch value {
        case .scalar(let scalar): return scalar.stringValue.map(quotedIfNeeded) ?? scalar.scalarText ?? "null"
        case .array(let elements): return "[" + elements.map(flow).joined(separator: ", ") + "]"
        case .object(let members):
            return "{" + members.map { "\(quotedIfNeeded($0.key)): \(flow($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    private static func quotedIfNeeded(_ text: String) -> String {
        let isBare = text.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                || "-_./+ ".contains(Character($0))
        }
        guard let first = text.unicodeScalars.first, isBare, text.last != " ", Double(text) == nil,
            ("a"..."z").contains(first) || ("A"..."Z").contains(first) || first == "/" || first == "."
        else { return "'\(text.replacing("'", with: "''"))'" }
        return text
    }
}
