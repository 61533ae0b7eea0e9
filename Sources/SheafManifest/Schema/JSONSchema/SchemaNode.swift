/// One schema in its compiled form; the others are named by their index in the compiled schema, -1 for none.
struct SchemaNode: Sendable {
    /// `true` and `false` as schemas; nil for those with keywords.
    var always: Bool?
    /// Where the schema stands, for messages and for what is not compiled.
    var place: SchemaPlace
    var resource: Int32
    var reference: Int32 = -1
    var dynamicReference: DynamicReference?
    var types = SchemaTypes.all
    var allowed: [SchemaValue]?
    var constant: SchemaValue?
    var numbers: NumberRules?
    var texts: TextRules?
    var object: ObjectRules?
    var array: ArrayRules?
    var logic: LogicRules?
    var unevaluatedProperties: Int32 = -1
    var unevaluatedItems: Int32 = -1

    struct DynamicReference: Sendable {
        var name: String
        /// What it stands for where no schema around has an anchor of that name.
        var fallback: Int32
        /// Whether the fallback is such an anchor; otherwise this is a plain reference.
        var isDynamic: Bool
    }
}

/// Where a schema stands: a node of one of the documents.
struct SchemaPlace: Hashable, Sendable {
    var document: Int32
    var node: YAMLTree.NodeID
}

/// The types of JSON, as a set.
struct SchemaTypes: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let null = SchemaTypes(rawValue: 1)
    static let boolean = SchemaTypes(rawValue: 2)
    static let integer = SchemaTypes(rawValue: 4)
    static let number = SchemaTypes(rawValue: 8)
    static let text = SchemaTypes(rawValue: 16)
    static let array = SchemaTypes(rawValue: 32)
    static let object = SchemaTypes(rawValue: 64)
    static let all = SchemaTypes(rawValue: 127)
    static let scalars: SchemaTypes = [.boolean, .integer, .number, .text]

    static let names: [(String, SchemaTypes)] = [
        ("null", .null), ("boolean", .boolean), ("integer", .integer), ("number", .number), ("string", .text),
        ("array", .array), ("object", .object),
    ]

    /// The types by their names in JSON Schema.
    var names: [String] { Self.names.filter { contains($0.1) }.map(\.0) }

    /// The types in words, such as `a text or a list`.
    var inWords: String {
        let words: [(SchemaTypes, String)] = [
            (.object, "a mapping"), (.array, "a list"), (.text, "a text"), (.number, "a number"),
            (.integer, "a whole number"), (.boolean, "true or false"), (.null, "empty"),
        ]
        return words.filter { contains($0.0) && !($0.0 == .integer && contains(.number)) }.map(\.1)
            .joined(separator: " or ")
    }
}

struct NumberRules: Sendable {
    var minimum: DecimalNumber?
    var maximum: DecimalNumber?
    var exclusiveMinimum: DecimalNumber?
    var exclusiveMaximum: DecimalNumber?
    var multipleOf: DecimalNumber?
}

struct TextRules: Sendable {
    var minLength = 0
    var maxLength = Int.max
    var pattern: ECMAPattern?
    var patternText = ""
    var format: String?
    /// Whether the format refuses values.
    var assertsFormat = false
}

final class ArrayRules: Sendable {
    let prefix: [Int32]
    /// What the elements behind the prefix must be.
    let items: Int32
    let contains: Int32
    let minContains: Int
    let maxContains: Int
    let minItems: Int
    let maxItems: Int
    let isUnique: Bool
    /// Whether what `contains` accepts counts as evaluated.
    let containsEvaluates: Bool

    init(
        prefix: [Int32] = [],
        items: Int32 = -1,
        contains: Int32 = -1,
        minContains: Int = 1,
        maxContains: Int = .max,
        minItems: Int = 0,
        maxItems: Int = .max,
        isUnique: Bool = false,
        containsEvaluates: Bool = true
    ) {
        self.prefix = prefix
        self.items = items
        self.contains = contains
        self.minContains = minContains
        self.maxContains = maxContains
        self.minItems = minItems
        self.maxItems = maxItems
        self.isUnique = isUnique
        self.containsEvaluates = containsEvaluates
    }
}

struct LogicRules: Sendable {
    var allOf: [Int32] = []
    var anyOf: [Int32] = []
    var oneOf: [Int32] = []
    var not: Int32 = -1
    var condition: Int32 = -1
    var consequence: Int32 = -1
    var alternative: Int32 = -1
}
