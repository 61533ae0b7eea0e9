/// Comparison, access by index, and the functions about truth that every template has.
///
/// `and` and `or` stand here for their names and arity only: the template itself runs them, since they stop at the
/// first argument that decides.
enum LogicFunctions {
    static let all: [TemplateFunction] = [
        TemplateFunction("and", atLeast: 1) { a in a[a.count - 1] },
        TemplateFunction("or", atLeast: 1) { a in a[a.count - 1] },
        TemplateFunction("not", 1) { a in .bool(!a[0].isTrue) },
        TemplateFunction("eq", atLeast: 2) { a in .bool(try isEqual(a)) },
        TemplateFunction("ne", 2) { a in .bool(try !isEqual(a)) },
        TemplateFunction("lt", 2) { a in .bool(try order(a) < 0) },
        TemplateFunction("le", 2) { a in .bool(try order(a) <= 0) },
        TemplateFunction("gt", 2) { a in .bool(try order(a) > 0) },
        TemplateFunction("ge", 2) { a in .bool(try order(a) >= 0) },
        TemplateFunction("len", 1) { a in .integer(Int64(try length(a))) },
        TemplateFunction("index", atLeast: 1, index),
        TemplateFunction("slice", 1...4, slice),
    ]

    // MARK: Comparison

    /// Whether the first argument equals any of the others.
    private static func isEqual(_ a: TemplateArguments) throws -> Bool {
        for index in 1..<a.count where try isEqual(a[0], a[index], a, index) { return true }
        return false
    }

    private static func isEqual(
        _ left: TemplateValue,
        _ right: TemplateValue,
        _ a: TemplateArguments,
        _ index: Int
    ) throws -> Bool {
        switch (left, right) {
        case (.bool(let x), .bool(let y)): return x == y
        case (.integer(let x), .integer(let y)): return x == y
        case (.number(let x), .number(let y)): return x == y
        case (.text(let x), .text(let y)): return x.utf8.elementsEqual(y.utf8)
        default:
            if left.isNothing || right.isNothing { return left.isNothing && right.isNothing }
            throw incomparable(left, right, a, index)
        }
    }

    private static func incomparable(
        _ left: TemplateValue,
        _ right: TemplateValue,
        _ a: TemplateArguments,
        _ index: Int
    ) -> TemplateProblem {
        TemplateProblem("'\(a.function)' cannot compare \(left.inWords) with \(right.inWords)", argument: index)
    }

    /// Negative, zero or positive, as the first argument is less than, equal to or greater than the second.
    private static func order(_ a: TemplateArguments) throws -> Int {
        switch (a[0], a[1]) {
        case (.integer(let x), .integer(let y)): return x < y ? -1 : x > y ? 1 : 0
        case (.number(let x), .number(let y)): return x < y ? -1 : x > y ? 1 : 0
        case (.text(let x), .text(let y)):
            return TemplateMap.precedes(x, y) ? -1 : TemplateMap.precedes(y, x) ? 1 : 0
        default:
            for index in 0...1 where a[index].isNothing { throw a.wrong(index, "a number or a text") }
            throw incomparable(a[0], a[1], a, 1)
        }
    }

    // MARK: Elements

    private static func length(_ a: TemplateArguments) throws -> Int {
        switch a[0] {
        case .text(let text): return text.utf8.count
        case .list(let list): return list.elements.count
        case .map(let map): return map.entries.count
        default: throw a.wrong(0, "a text, a list or a mapping")
        }
    }

    private static func index(_ a: TemplateArguments) throws -> TemplateValue {
        var item = a[0]
        if a.count == 1 { return item }
        if item.isNothing { throw a.wrong(0, "a list, a mapping or a text") }
        for position in 1..<a.count {
            switch item {
            case .list(let list):
                item = list.elements[try offset(a, position, below: list.elements.count)]
            case .text(let text):
                let bytes = text.utf8
                let offset = try offset(a, position, below: bytes.count)
                item = .integer(Int64(bytes[bytes.index(bytes.startIndex, offsetBy: offset)]))
            case .map(let map):
                let key = try a.text(position)
                item = map.entries[key] ?? .missing(.init(reason: "the mapping has no key '\(key)'"))
            default:
                throw TemplateProblem("\(item.inWords) has no elements, so 'index' finds none", argument: position - 1)
            }
        }
        return item
    }

    private static func offset(_ a: TemplateArguments, _ position: Int, below count: Int) throws -> Int {
        let offset = try a.integer(position)
        guard offset >= 0, offset < count else {
            throw TemplateProblem(
                "there is no element \(offset): \(count == 0 ? "it is empty" : "the last one is \(count - 1)")",
                argument: position
            )
        }
        return offset
    }

    private static func slice(_ a: TemplateArguments) throws -> TemplateValue {
        let bytes: [UInt8]
        var elements: [TemplateValue]?
        switch a[0] {
        case .text(let text): bytes = Array(text.utf8)
        case .list(let list):
            bytes = []
            elements = list.elements
        default: throw a.wrong(0, "a list or a text")
        }
        let count = elements?.count ?? bytes.count
        var bounds = [0, count, count]
        for position in 1..<max(a.count, 1) {
            let bound = try a.integer(position)
            guard bound >= 0, bound <= count else {
                throw TemplateProblem("\(bound) is beyond the \(count) elements", argument: position)
            }
            bounds[position - 1] = bound
        }
        guard bounds[0] <= bounds[1], bounds[1] <= bounds[2] else {
            throw TemplateProblem("a part cannot begin at \(bounds[0]) and end at \(bounds[1])")
        }
        if let elements { return try a.context.list(Array(elements[bounds[0]..<bounds[1]])) }
        return try a.make(String(decoding: bytes[bounds[0]..<bounds[1]], as: UTF8.self))
    }
}
