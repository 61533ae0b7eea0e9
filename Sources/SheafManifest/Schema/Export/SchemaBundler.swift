internal import SheafModel

/// Puts a schema and all that it refers to into one document, without our own vocabulary.
struct SchemaBundler {
    private static let expression = "expression"

    let library: ShapeLibrary
    private var definitions: [String: JSONValue] = [:]
    /// Definitions that are needed and not written yet, by file and way into it; no way for the whole file.
    private var pending: [(file: String, way: [String])] = []
    /// Whether a manifest that stands in another one is described by its kind.
    private var describesManifests = false
    private var known: Set<String> = []

    init(library: ShapeLibrary) { self.library = library }

    /// The document of one file; an empty schema when there is none.
    mutating func bundle(_ file: String) -> JSONValue {
        describesManifests = file == "kinds/bundle.yaml"
        guard var root = rootSchema(file) else { return .object([:]) }
        finish(&root)
        return .object(root)
    }

    /// The document that goes by the `type` of a manifest.
    mutating func bundleAll() -> JSONValue {
        describesManifests = true
        var root: [String: JSONValue] = [
            "title": .string("Manifest"),
            "description": .string("A resource, by its type."),
        ]
        for (key, value) in manifestRules() { root[key] = value }
        root["required"] = .array([.string("type")])
        finish(&root)
        return .object(root)
    }

    private mutating func finish(_ root: inout [String: JSONValue]) {
        while let next = pending.popLast() { define(next.file, next.way) }
        definitions[Self.expression] = .object([
            "description": .string("An expression or a placeholder, which is replaced by a value."),
            "type": .string("string"),
            "pattern": .string("\\$\\{|\\{\\{|^<.*>$"),
        ])
        root["$schema"] = .string(SchemaDialect.draft2020URI)
        root["$defs"] = .object(definitions)
    }

    // MARK: Definitions

    private func document(_ file: String) -> JSONValue? {
        library.document(file).map { $0.tree.json($0.root) }
    }

    private mutating func rootSchema(_ file: String) -> [String: JSONValue]? {
        guard case .object(var schema) = document(file) else { return nil }
        schema["$defs"] = nil
        guard case .object(let result) = transform(.object(schema), file) else { return nil }
        return result
    }

    private mutating func define(_ file: String, _ way: [String]) {
        let key = Self.key(file, way)
        if way.isEmpty {
            if let root = rootSchema(file) { definitions[key] = .object(root) }
            return
        }
        var schema = document(file)
        for part in way { schema = schema?[part] }
        if let schema { definitions[key] = transform(schema, file) }
    }

    private mutating func reference(_ file: String, _ way: [String]) -> String {
        let key = Self.key(file, way)
        if known.insert(key).inserted { pending.append((file, way)) }
        return "#/$defs/\(key)"
    }

    /// `service.section`, `stack.soda.input`, `common.text`; without the last part for a whole file.
    private static func key(_ file: String, _ way: [String]) -> String {
        let base = file.split(separator: "/").last?.dropLast(5) ?? ""
        let owner = file.hasPrefix("stacks/") ? "stack.\(base)" : String(base)
        return ([owner] + way.filter { $0 != "$defs" }).joined(separator: ".")
    }

    /// Where a reference leads in the document that is being made.
    private mutating func translated(_ reference: String, _ file: String) -> String {
        let uri = SchemaURI(reference)
        var target = file
        if !uri.path.isEmpty {
            let isStack = library.stackNames.contains { "\($0).yaml" == uri.path }
            target = isStack ? "stacks/\(uri.path)" : "kinds/\(uri.path)"
        }
        return self.reference(target, (uri.decodedFragment ?? "").split(separator: "/").map(String.init))
    }

    // MARK: Schemas

    private static let schemaKeys: Set<String> = [
        "items", "additionalProperties", "propertyNames", "not", "if", "then", "else", "contains",
    ]
    private static let listKeys: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems"]
    private static let mapKeys: Set<String> = ["properties", "patternProperties"]

    /// A schema in plain JSON Schema, its references translated.
    private mutating func transform(_ schema: JSONValue, _ file: String) -> JSONValue {
        guard case .object(let members) = schema else { return schema }
        var result: [String: JSONValue] = [:]
        for (key, value) in members where !key.hasPrefix("x-") && key != "$id" && key != "$schema" {
            if key == "$ref", let text = value.stringValue {
                result[key] = .string(translated(text, file))
            } else if Self.schemaKeys.contains(key) {
                result[key] = transform(value, file)
            } else if Self.listKeys.contains(key), let list = value.arrayValue {
                result[key] = .array(list.map { transform($0, file) })
            } else if Self.mapKeys.contains(key), let map = value.objectValue {
                result[key] = .object(properties(map, file))
            } else {
                result[key] = value
            }
        }
        if let moved = movedProperties(members, result, file) { result["properties"] = moved }
        if describesManifests, members["x-manifest"] == .bool(true) { result.merge(manifestRules()) { _, new in new } }
        if result["properties"]?["stack"] != nil, result["properties"]?["stackSpec"] != nil {
            result["allOf"] = .array((result["allOf"]?.arrayValue ?? []) + stackRules())
        }
        return relaxed(members, result, file)
    }

    /// Properties with their other spellings.
    private mutating func properties(_ map: [String: JSONValue], _ file: String) -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        for (name, schema) in map {
            result[name] = transform(schema, file)
            for alias in aliases(of: schema, file) where map[alias.name] == nil {
                guard case .object(var copy) = transform(schema, file) else { continue }
                if alias.isOld {
                    copy["deprecated"] = .bool(true)
                    copy["description"] = .string("Another form of '\(name)'.")
                }
                result[alias.name] = .object(copy)
            }
        }
        return result
    }

    private func aliases(of schema: JSONValue, _ file: String) -> [(name: String, isOld: Bool)] {
        var schema = schema
        var file = file
        for _ in 0..<8 {
            if let list = schema["x-aliases"]?.arrayValue {
                return list.compactMap { alias in
                    alias["name"]?.stringValue.map { ($0, alias["notice"]?.stringValue != "same") }
                }
            }
            guard let reference = schema["$ref"]?.stringValue else { return [] }
            let uri = SchemaURI(reference)
            if !uri.path.isEmpty { file = "kinds/\(uri.path)" }
            guard let root = document(file) else { return [] }
            var next: JSONValue? = root
            for part in (uri.decodedFragment ?? "").split(separator: "/") { next = next?[String(part)] }
            guard let next else { return [] }
            schema = next
        }
        return []
    }

    /// Keys that are moved where they belong are accepted where they stand.
    private mutating func movedProperties(
        _ members: [String: JSONValue],
        _ result: [String: JSONValue],
        _ file: String
    ) -> JSONValue? {
        guard let moves = members["x-moves"]?.arrayValue, var properties = result["properties"]?.objectValue,
            result["additionalProperties"] == .bool(false)
        else { return nil }
        for move in moves {
            guard let target = move["into"]?.stringValue else { continue }
            for key in move["keys"]?.arrayValue ?? [] {
                guard let name = key.stringValue, properties[name] == nil else { continue }
                properties[name] = .object([
                    "deprecated": .bool(true), "description": .string("It belongs below '\(target)'."),
                ])
            }
        }
        return .object(properties)
    }

    /// What our validator takes in place of what the schema says.
    private mutating func relaxed(
        _ members: [String: JSONValue],
        _ result: [String: JSONValue],
        _ file: String
    ) -> JSONValue {
        var alternatives: [JSONValue] = []
        var plain = result
        if members["x-single"] != nil, let items = result["items"] { alternatives.append(items) }
        if let key = members["x-shorthand"]?["key"]?.stringValue, let property = result["properties"]?[key] {
            alternatives.append(property)
        }
        if members["x-list-of-one"] != nil {
            alternatives.append(.object(["type": .string("array"), "minItems": .integer(1), "maxItems": .integer(1)]))
        }
        if members["x-ignore-case"] == .bool(true), let words = members["enum"]?.arrayValue {
            alternatives.append(Self.anyCase(words.compactMap(\.scalarText), members["x-synonyms"]))
        }
        let types = members["type"]?.arrayValue?.compactMap(\.stringValue) ?? [members["type"]?.stringValue ?? ""]
        let isNumber = types.contains { ["integer", "number", "boolean"].contains($0) } && !types.contains("string")
        if isNumber || members["enum"] != nil {
            alternatives.append(.object(["$ref": .string("#/$defs/\(Self.expression)")]))
        }
        guard !alternatives.isEmpty else { return .object(result) }
        var outer: [String: JSONValue] = [:]
        for key in ["title", "description", "default", "examples", "deprecated"] {
            outer[key] = plain[key]
            plain[key] = nil
        }
        outer["anyOf"] = .array([.object(plain)] + alternatives)
        return .object(outer)
    }

    /// Words in capital and small letters.
    private static func anyCase(_ words: [String], _ synonyms: JSONValue?) -> JSONValue {
        let all = words + (synonyms?.objectValue?.keys.sorted() ?? [])
        let patterns = all.map { word in
            word.map { letter in
                letter.isLetter && letter.isASCII
                    ? "[\(letter.lowercased())\(letter.uppercased())]"
                    : letter == "_" || letter.isNumber ? String(letter) : "\\\(letter)"
            }.joined()
        }
        return .object(["type": .string("string"), "pattern": .string("^(?:\(patterns.joined(separator: "|")))$")])
    }

    // MARK: Rules

    /// What a manifest is, by its `type`.
    private mutating func manifestRules() -> [String: JSONValue] {
        let rules = library.types.map { type in
            JSONValue.object([
                "if": .object([
                    "properties": .object(["type": .object(["const": .string(type)])]),
                    "required": .array([.string("type")]),
                ]),
                "then": .object(["$ref": .string(reference("kinds/\(type).yaml", []))]),
            ])
        }
        return [
            "type": .string("object"),
            "properties": .object([
                "type": .object([
                    "description": .string("The kind of resource."),
                    "examples": .array(library.types.map(JSONValue.string)),
                ])
            ]),
            "allOf": .array(rules),
            "additionalProperties": .bool(true),
        ]
    }

    /// What `stackSpec` is, by `stack`.
    private mutating func stackRules() -> [JSONValue] {
        library.stackNames.compactMap { name in
            guard let info = library.stackSet(file: name)?.stack else { return nil }
            let names = (info.names + info.oldNames).map { $0.replacing("-", with: "\\-") }.joined(separator: "|")
            return .object([
                "if": .object([
                    "properties": .object([
                        "stack": .object(["type": .string("string"), "pattern": .string("^(?:\(names))(?:[+:]|$)")])
                    ]),
                    "required": .array([.string("stack")]),
                ]),
                "then": .object([
                    "properties": .object([
                        "stackSpec": .object(["$ref": .string(reference("stacks/\(name).yaml", []))])
                    ])
                ]),
            ])
        }
    }
}
