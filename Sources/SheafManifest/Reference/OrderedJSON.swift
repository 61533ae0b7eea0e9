package import SheafModel

/// A JSON document whose objects keep the order of their members, so that what was written for people stays readable.
package enum OrderedJSON: Hashable, Sendable {
    case scalar(JSONValue)
    case array([OrderedJSON])
    case object([Member])

    /// One `"key": value` of an object.
    package struct Member: Hashable, Sendable {
        package var key: String
        package var value: OrderedJSON

        package init(_ key: String, _ value: OrderedJSON) {
            self.key = key
            self.value = value
        }
    }

    /// The document without the order of its members.
    package var value: JSONValue {
        switch self {
        case .scalar(let value): value
        case .array(let elements): .array(elements.map(\.value))
        case .object(let members):
            .object(Dictionary(members.map { ($0.key, $0.value.value) }, uniquingKeysWith: { first, _ in first }))
        }
    }
}

// MARK: Access

extension OrderedJSON {
    /// The member of an object; nil when this is no object or has no such member.
    ///
    /// A new member is added at the end; nil removes it. Setting has no effect on what is no object.
    package subscript(key: String) -> OrderedJSON? {
        get {
            guard case .object(let members) = self else { return nil }
            return members.first { $0.key == key }?.value
        }
        set {
            guard case .object(var members) = self else { return }
            if let index = members.firstIndex(where: { $0.key == key }) {
                if let newValue { members[index].value = newValue } else { members.remove(at: index) }
            } else if let newValue {
                members.append(Member(key, newValue))
            }
            self = .object(members)
        }
    }

    /// The members of an object, in order; empty for anything else.
    package var members: [Member] {
        guard case .object(let members) = self else { return [] }
        return members
    }

    /// The elements of an array; empty for anything else.
    package var elements: [OrderedJSON] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// The text of a string, or nil for every other kind of value.
    package var text: String? {
        guard case .scalar(let value) = self else { return nil }
        return value.stringValue
    }

    /// The texts of a string or of an array of strings; empty for anything else.
    package var texts: [String] { text.map { [$0] } ?? elements.compactMap(\.text) }

    /// Whether this is the boolean `true`.
    package var isTrue: Bool { self == .scalar(.bool(true)) }

    package var isObject: Bool {
        guard case .object = self else { return false }
        return true
    }

    /// The members of another object put over those of this one.
    package func merging(_ other: OrderedJSON) -> OrderedJSON {
        other.members.reduce(into: self) { result, member in result[member.key] = member.value }
    }

    /// The object without some of its members.
    package func removing(_ keys: Set<String>) -> OrderedJSON {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { !keys.contains($0.key) })
    }
}

// MARK: Making

extension OrderedJSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .scalar(.string(value)) }
    package init(booleanLiteral value: Bool) { self = .scalar(.bool(value)) }
    package init(integerLiteral value: Int64) { self = .scalar(.integer(value)) }
    package init(arrayLiteral elements: OrderedJSON...) { self = .array(elements) }

    package init(dictionaryLiteral elements: (String, OrderedJSON)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }

    package init(_ text: String) { self = .scalar(.string(text)) }
    package init(_ texts: some Sequence<String>) { self = .array(texts.map { .scalar(.string($0)) }) }

    /// The value of a node of a tree.
    package init(_ tree: YAMLTree, _ id: YAMLTree.NodeID) {
        if tree.isMapping(id) {
            self = .object(tree.entries(id).map { Member(tree.text($0.key), OrderedJSON(tree, $0.value)) })
        } else if tree.isSequence(id) {
            self = .array(tree.elements(id).map { OrderedJSON(tree, $0) })
        } else {
            self = .scalar(tree.scalarValue(id))
        }
    }
}
