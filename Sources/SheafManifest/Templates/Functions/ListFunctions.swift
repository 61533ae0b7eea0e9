/// Functions of sprig about lists.
enum ListFunctions {
    static let all: [TemplateFunction] = making + taking + changing

    private static let making: [TemplateFunction] = [
        TemplateFunction("list", atLeast: 0) { a in try a.context.list(a.values) },
        TemplateFunction("tuple", atLeast: 0) { a in try a.context.list(a.values) },
        TemplateFunction("until", 1) { a in
            let end = try a.integer(0)
            return try steps(0, end, end < 0 ? -1 : 1, a)
        },
        TemplateFunction("untilStep", 3) { a in
            try steps(try a.integer(0), try a.integer(1), try a.integer(2), a)
        },
        TemplateFunction("concat", atLeast: 0) { a in
            var elements: [TemplateValue] = []
            for index in a.values.indices { elements += try a.elements(index) }
            return try a.context.list(elements)
        },
        TemplateFunction("toStrings", 1) { a in
            try a.context.list(try strings(a[0], a).map(TemplateValue.text))
        },
        TemplateFunction("join", 2) { a in
            let (separator, parts) = (try a.string(a[0]), try strings(a[1], a))
            try a.context.reserve(text: parts.reduce(0) { $0 + $1.utf8.count + separator.utf8.count })
            return .text(parts.joined(separator: separator))
        },
    ]

    private static let taking: [TemplateFunction] =
        both("first", 1) { a in try a.elements(0).first ?? .missing(empty) }
        + both("last", 1) { a in try a.elements(0).last ?? .missing(empty) }
        + both("rest", 1) { a in try a.context.list(Array(try a.elements(0).dropFirst())) }
        + both("initial", 1) { a in try a.context.list(Array(try a.elements(0).dropLast())) }
        + both("has", 2) { a in
            if a[1].isNothing { return .bool(false) }
            return .bool(try contains(try a.elements(1), a[0], a))
        }

    private static let empty = TemplateValue.Absence(reason: "the list is empty")

    private static let changing: [TemplateFunction] =
        both("append", 2, push) + both("push", 2, push)
        + both("prepend", 2) { a in try a.context.list([a[1]] + (try a.elements(0))) }
        + both("reverse", 1) { a in try a.context.list(try a.elements(0).reversed()) }
        + both("compact", 1) { a in try a.context.list(try a.elements(0).filter(\.isTrue)) }
        + both("uniq", 1, unique) + both("chunk", 2, chunk)
        + [TemplateFunction("without", atLeast: 1, without), TemplateFunction("mustWithout", atLeast: 1, without)]
        + [
            TemplateFunction("sortAlpha", 1) { a in
                let sorted = try strings(a[0], a).sorted(by: TemplateMap.precedes)
                return try a.context.list(sorted.map(TemplateValue.text))
            }
        ]

    /// A function with its variant that fails where the other would crash: here both fail with a message.
    private static func both(
        _ name: String,
        _ count: Int,
        _ body: @escaping TemplateFunction.Body
    ) -> [TemplateFunction] {
        let other = "must" + name.prefix(1).uppercased() + name.dropFirst()
        return [TemplateFunction(name, count, body), TemplateFunction(other, count, body)]
    }

    // MARK: Bodies

    private static func unique(_ a: TemplateArguments) throws -> TemplateValue {
        var unique: [TemplateValue] = []
        for element in try a.elements(0) where try !contains(unique, element, a) { unique.append(element) }
        return try a.context.list(unique)
    }

    private static func without(_ a: TemplateArguments) throws -> TemplateValue {
        let unwanted = Array(a.rest(1))
        var kept: [TemplateValue] = []
        for element in try a.elements(0) where try !contains(unwanted, element, a) { kept.append(element) }
        return try a.context.list(kept)
    }

    private static func push(_ a: TemplateArguments) throws -> TemplateValue {
        try a.context.list(try a.elements(0) + [a[1]])
    }

    private static func chunk(_ a: TemplateArguments) throws -> TemplateValue {
        let (size, elements) = (try a.integer(0), try a.elements(1))
        guard size > 0 else { throw a.wrong(0, "a number from 1 on") }
        var chunks: [TemplateValue] = []
        var start = 0
        while start < elements.count {
            let end = min(elements.count, start + min(size, elements.count))
            chunks.append(try a.context.list(Array(elements[start..<end])))
            start = end
        }
        return try a.context.list(chunks)
    }

    private static func steps(
        _ start: Int,
        _ end: Int,
        _ step: Int,
        _ a: TemplateArguments
    ) throws -> TemplateValue {
        guard step != 0, start != end, (end > start) == (step > 0) else { return try a.context.list([]) }
        var numbers: [TemplateValue] = []
        for number in stride(from: start, to: end, by: step) {
            try a.context.spend()
            numbers.append(.integer(Int64(number)))
        }
        return try a.context.list(numbers)
    }

    /// The elements as texts, empty ones left out; anything but a list counts as a list of one.
    private static func strings(_ value: TemplateValue, _ a: TemplateArguments) throws -> [String] {
        if value.isNothing { return [] }
        guard case .list(let list) = value else { return [try a.string(value)] }
        var texts: [String] = []
        for element in list.elements where !element.isNothing {
            try a.context.spend()
            texts.append(try a.string(element))
        }
        return texts
    }

    private static func contains(
        _ elements: [TemplateValue],
        _ value: TemplateValue,
        _ a: TemplateArguments
    ) throws -> Bool {
        for element in elements where try a.context.isSame(element, value) { return true }
        return false
    }
}

extension TemplateContext {
    /// Whether two values are equal through and through; values of different types are not.
    func isSame(_ left: TemplateValue, _ right: TemplateValue, depth: Int = 0) throws -> Bool {
        try spend()
        try checkDepth(depth)
        switch (left, right) {
        case (.bool(let x), .bool(let y)): return x == y
        case (.integer(let x), .integer(let y)): return x == y
        case (.number(let x), .number(let y)): return x == y
        case (.text(let x), .text(let y)): return x.utf8.elementsEqual(y.utf8)
        case (.list(let x), .list(let y)):
            guard x.elements.count == y.elements.count else { return false }
            for (one, other) in zip(x.elements, y.elements) {
                guard try isSame(one, other, depth: depth + 1) else { return false }
            }
            return true
        case (.map(let x), .map(let y)):
            guard x.entries.count == y.entries.count else { return false }
            for (key, one) in x.entries {
                guard let other = y.entries[key], try isSame(one, other, depth: depth + 1) else { return false }
            }
            return true
        case (.record(let x), .record(let y)): return x === y
        default: return left.isNothing && right.isNothing
        }
    }
}
