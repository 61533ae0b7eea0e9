internal import SheafModel

/// A value while a template runs.
enum TemplateValue {
    /// There is nothing, and why; what Go prints as `<no value>`.
    case missing(Absence)
    /// An empty value inside of a map, a list or a record.
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list(TemplateList)
    case map(TemplateMap)
    /// Data of the platform, which has the fields that it has and no others.
    case record(TemplateRecord)

    /// Why a value is missing.
    struct Absence: Sendable {
        var reason: String

        /// A literal `nil`, and what stands for it.
        static let null = Absence(reason: "it is empty")
    }
}

/// A list, with how deep it nests: values are read by recursion.
struct TemplateList {
    let elements: [TemplateValue]
    let depth: Int
}

/// A map, which `set` and `unset` change for all who hold it, as in Go.
final class TemplateMap {
    var entries: [String: TemplateValue]
    let depth: Int

    init(_ entries: [String: TemplateValue], depth: Int) {
        self.entries = entries
        self.depth = depth
    }

    var sortedKeys: [String] { entries.keys.sorted(by: Self.precedes) }

    /// Go compares texts by their bytes.
    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

/// A record of the platform: what a Go struct is.
final class TemplateRecord {
    /// How messages call it, such as `the data of the template`.
    let name: String
    /// In the order in which Go would print them.
    let fields: [(name: String, value: TemplateValue)]
    let depth: Int

    init(_ name: String, _ fields: [(name: String, value: TemplateValue)]) {
        self.name = name
        self.fields = fields
        depth = 1 + (fields.map(\.value.depth).max() ?? 0)
    }

    subscript(field: String) -> TemplateValue? { fields.first { $0.name == field }?.value }
}

extension TemplateValue {
    var depth: Int {
        switch self {
        case .list(let list): list.depth
        case .map(let map): map.depth
        case .record(let record): record.depth
        default: 0
        }
    }

    /// Whether Go takes this for true: everything but zero, the empty text, empty collections and nothing.
    var isTrue: Bool {
        switch self {
        case .missing, .null: false
        case .bool(let value): value
        case .integer(let value): value != 0
        case .number(let value): value != 0
        case .text(let text): !text.isEmpty
        case .list(let list): !list.elements.isEmpty
        case .map(let map): !map.entries.isEmpty
        case .record: true
        }
    }

    /// Whether there is nothing at all.
    var isNothing: Bool {
        switch self {
        case .missing, .null: true
        default: false
        }
    }

    /// The value as the last of a pipeline's commands gives it: an empty one is no value.
    var piped: TemplateValue {
        if case .null = self { return .missing(.null) }
        return self
    }

    /// What this is, for messages: `a list`, `the text 'x'`, `nothing`.
    var inWords: String {
        switch self {
        case .missing, .null: return "nothing"
        case .bool(let value): return "the boolean \(value)"
        case .integer(let value): return "the number \(value)"
        case .number(let value): return "the number \(GoNumber.text(value))"
        case .text(let text):
            let shown = text.prefix(40)
            return "the text '\(shown.replacing("\n", with: " "))\(shown.count < text.count ? "…" : "")'"
        case .list: return "a list"
        case .map: return "a mapping"
        case .record(let record): return record.name
        }
    }

    /// The name of the type in Go, for `printf "%T"` and the functions about types.
    var goType: String {
        switch self {
        case .missing, .null: "<nil>"
        case .bool: "bool"
        case .integer: "int"
        case .number: "float64"
        case .text: "string"
        case .list: "[]interface {}"
        case .map: "map[string]interface {}"
        case .record: "struct"
        }
    }

    /// The name of the kind in Go, for `kindOf`.
    var goKind: String {
        switch self {
        case .missing, .null: "invalid"
        case .list: "slice"
        case .map: "map"
        default: goType
        }
    }
}
