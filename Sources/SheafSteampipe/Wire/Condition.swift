/// A text in a pushed-down condition.
package enum ConditionOperand: Hashable, Sendable {
    /// A key column.
    case column(String)
    case constant(String?)
    /// A value that is only known when the query runs: planning stands for it with a null of its own.
    case later
}

/// A condition on key columns that postgres_fdw has pushed down, with the three truth values of SQL.
package indirect enum Condition: Hashable, Sendable {
    package enum Comparison: String, Sendable {
        case equal = "="
        case notEqual = "<>"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case like = "~~"
        case notLike = "!~~"
    }

    case and([Condition])
    case or([Condition])
    case not(Condition)
    case compare(ConditionOperand, Comparison, ConditionOperand)
    /// A comparison with the elements of a list: with any of them, or with all.
    case list(ConditionOperand, Comparison, [ConditionOperand], isAll: Bool)
    case isNull(ConditionOperand)
    case isDistinct(ConditionOperand, ConditionOperand)

    /// Whether a row fits, by the values of its columns; nil is SQL's unknown.
    package func holds(_ value: (String) -> String?) -> Bool? {
        switch self {
        case .and(let parts): Self.all(parts) { $0.holds(value) }
        case .or(let parts): Self.all(parts) { $0.holds(value).map(!) }.map(!)
        case .not(let part): part.holds(value).map(!)
        case .compare(let left, let comparison, let right):
            comparison.holds(left.value(value), right.value(value))
        case .list(let left, let comparison, let elements, let isAll):
            isAll
                ? Self.all(elements) { comparison.holds(left.value(value), $0.value(value)) }
                : Self.all(elements) { comparison.holds(left.value(value), $0.value(value)).map(!) }.map(!)
        case .isNull(let operand): operand.value(value) == nil
        case .isDistinct(let left, let right):
            !Self.areSame(left.value(value), right.value(value))
        }
    }

    private static func areSame(_ left: String?, _ right: String?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return Comparison.equal.holds(left, right) == true
    }

    private static func all<Element>(_ elements: [Element], _ holds: (Element) -> Bool?) -> Bool? {
        var result: Bool? = true
        for element in elements {
            let truth = holds(element)
            if truth == false { return false }
            if truth == nil { result = nil }
        }
        return result
    }

    /// The only values that a column can have in rows that fit; nil when there is no such list.
    package func values(of column: String) -> [ConditionOperand]? {
        switch self {
        case .and(let parts):
            // Each list alone is enough; the others are checked row by row.
            return parts.lazy.compactMap { $0.values(of: column) }.first
        case .or(let parts):
            let lists = parts.map { $0.values(of: column) }
            return lists.contains { $0 == nil } ? nil : lists.compactMap(\.self).flatMap(\.self)
        case .compare(.column(column), .equal, let other) where !other.isColumn: return [other]
        case .compare(let other, .equal, .column(column)) where !other.isColumn: return [other]
        case .list(.column(column), .equal, let elements, isAll: false)
        where !elements.contains(where: \.isColumn):
            return elements
        default: return nil
        }
    }
}

extension ConditionOperand {
    fileprivate var isColumn: Bool {
        if case .column = self { return true }
        return false
    }

    fileprivate func value(_ value: (String) -> String?) -> String? {
        switch self {
        case .column(let name): value(name)
        case .constant(let text): text
        case .later: nil
        }
    }
}

extension Condition.Comparison {
    /// Compares bytes, as the collation of the database does; nil when a side is null.
    func holds(_ left: String?, _ right: String?) -> Bool? {
        guard let left, let right else { return nil }
        switch self {
        // Swift's own `==` would call different spellings of a letter equal.
        case .equal: return left.utf8.elementsEqual(right.utf8)
        case .notEqual: return !left.utf8.elementsEqual(right.utf8)
        case .less: return left.utf8.lexicographicallyPrecedes(right.utf8)
        case .lessOrEqual: return !right.utf8.lexicographicallyPrecedes(left.utf8)
        case .greater: return right.utf8.lexicographicallyPrecedes(left.utf8)
        case .greaterOrEqual: return !left.utf8.lexicographicallyPrecedes(right.utf8)
        case .like: return LikePattern(right).matches(left)
        case .notLike: return !LikePattern(right).matches(left)
        }
    }
}

/// A pattern of SQL's LIKE: `%`, `_`, and `\` before a plain character.
struct LikePattern {
    private enum Part: Equatable { case any, one, literal(Unicode.Scalar) }

    private var parts: [Part] = []

    init(_ text: String) {
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "%": parts.append(.any)
            case "_": parts.append(.one)
            case "\\": parts.append(.literal(rest.popFirst() ?? "\\"))
            default: parts.append(.literal(scalar))
            }
        }
    }

    func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var part = 0
        var index = 0
        var retry: (part: Int, index: Int)?
        while index < scalars.count || part < parts.count {
            if part < parts.count {
                if parts[part] == .any {
                    retry = (part, index + 1)
                    part += 1
                    continue
                }
                if index < scalars.count, parts[part] == .one || parts[part] == .literal(scalars[index]) {
                    part += 1
                    index += 1
                    continue
                }
            }
            guard let again = retry, again.index <= scalars.count else { return false }
            (part, index) = again
        }
        return true
    }
}
