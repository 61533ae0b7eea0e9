internal import SheafModel

/// A JSON value as JSON Schema compares it: numbers by value, texts by code points, objects without order.
indirect enum SchemaValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case number(DecimalNumber)
    case text([UInt8])
    case array([SchemaValue])
    case object([[UInt8]: SchemaValue])

    init(_ tree: YAMLTree, _ id: YAMLTree.NodeID) {
        switch tree.kind(id) {
        case .sequence: self = .array(tree.elements(id).map { SchemaValue(tree, $0) })
        case .mapping:
            var members: [[UInt8]: SchemaValue] = [:]
            for entry in tree.entries(id) {
                members[tree.withText(entry.key) { Array($0) }] = SchemaValue(tree, entry.value)
            }
            self = .object(members)
        case .scalar:
            switch tree.jsonType(id) {
            case .null: self = .null
            case .boolean: self = .boolean(tree.scalarValue(id) == .bool(true))
            case .number, .integer: self = tree.number(id).map(SchemaValue.number) ?? .null
            case .text: self = .text(tree.withText(id) { Array($0) })
            }
        }
    }

    /// As JSON writes it, cut where it is long.
    var shown: String {
        let text: String
        switch self {
        case .null: text = "null"
        case .boolean(let value): text = String(value)
        case .number(let number): text = number.description
        case .text(let bytes): text = "\"\(String(decoding: bytes, as: UTF8.self))\""
        case .array(let elements): text = "[\(elements.map(\.shown).joined(separator: ", "))]"
        case .object(let members):
            let sorted = members.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            let pairs = sorted.map { "\"\(String(decoding: $0, as: UTF8.self))\": \($1.shown)" }
            text = "{\(pairs.joined(separator: ", "))}"
        }
        return text.count > 60 ? text.prefix(59) + "…" : text
    }
}

extension YAMLTree {
    /// The type of a scalar as JSON has it: a number stays one when it is too large for the machine.
    func jsonType(_ id: NodeID) -> ScalarType {
        let type = scalarType(id)
        guard type == .text, style(id) == .plain, !self[id].isTaggedText else { return type }
        return withText(id) { text in
            guard let first = text.first, (48...57).contains(first) || first == UInt8(ascii: "-"),
                DecimalNumber(text) != nil
            else { return .text }
            return .number
        }
    }

    /// The value of a number; nil for anything else.
    func number(_ id: NodeID) -> DecimalNumber? { withText(id) { DecimalNumber($0) } }
}
