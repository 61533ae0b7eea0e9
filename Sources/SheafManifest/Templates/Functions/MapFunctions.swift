/// Functions of sprig about maps.
enum MapFunctions {
    static let all: [TemplateFunction] = reading + making

    private static let reading: [TemplateFunction] = [
        TemplateFunction("get", 2) { a in try a.entries(0)[try a.text(1)] ?? .text("") },
        TemplateFunction("hasKey", 2) { a in .bool(try a.entries(0)[try a.text(1)] != nil) },
        TemplateFunction("keys", atLeast: 0) { a in
            var names: [TemplateValue] = []
            for index in a.values.indices {
                names += try a.entries(index).keys.sorted(by: TemplateMap.precedes).map(TemplateValue.text)
            }
            return try a.context.list(names)
        },
        TemplateFunction("values", 1) { a in
            let entries = try a.entries(0)
            return try a.context.list(entries.keys.sorted(by: TemplateMap.precedes).compactMap { entries[$0] })
        },
        TemplateFunction("pluck", atLeast: 1) { a in
            let key = try a.text(0)
            var found: [TemplateValue] = []
            for index in a.values.indices.dropFirst() {
                if let value = try a.entries(index)[key] { found.append(value) }
            }
            return try a.context.list(found)
        },
        TemplateFunction("dig", atLeast: 3, dig),
    ]

    private static let making: [TemplateFunction] = [
        TemplateFunction("dict", atLeast: 0) { a in
            var entries: [String: TemplateValue] = [:]
            for index in stride(from: 0, to: a.count, by: 2) {
                entries[try a.string(a[index])] = index + 1 < a.count ? a[index + 1] : .text("")
            }
            return try a.context.map(entries)
        },
        TemplateFunction("set", 3) { a in
            let (map, key) = (try a.map(0), try a.text(1))
            try a.context.countEntry()
            map.entries[key] = a[2]
            return a[0]
        },
        TemplateFunction("unset", 2) { a in
            let (map, key) = (try a.map(0), try a.text(1))
            map.entries[key] = nil
            return a[0]
        },
        TemplateFunction("pick", atLeast: 1) { a in
            let wanted = try names(a)
            return try a.context.map(try a.entries(0).filter { wanted.contains($0.key) })
        },
        TemplateFunction("omit", atLeast: 1) { a in
            let unwanted = try names(a)
            return try a.context.map(try a.entries(0).filter { !unwanted.contains($0.key) })
        },
        TemplateFunction("merge", atLeast: 1) { a in try merged(a, overwrites: false) },
        TemplateFunction("mustMerge", atLeast: 1) { a in try merged(a, overwrites: false) },
        TemplateFunction("mergeOverwrite", atLeast: 1) { a in try merged(a, overwrites: true) },
        TemplateFunction("mustMergeOverwrite", atLeast: 1) { a in try merged(a, overwrites: true) },
        TemplateFunction("deepCopy", 1) { a in try copy(a[0], a.context) },
        TemplateFunction("mustDeepCopy", 1) { a in try copy(a[0], a.context) },
    ]

    // MARK: Bodies

    private static func names(_ a: TemplateArguments) throws -> Set<String> {
        var names: Set<String> = []
        for index in a.values.indices.dropFirst() { names.insert(try a.text(index)) }
        return names
    }

    /// `dig "a" "b" default map`: the value at a path, or the default.
    private static func dig(_ a: TemplateArguments) throws -> TemplateValue {
        var value = a[a.count - 1]
        if !value.isNothing { _ = try a.entries(a.count - 1) }
        for index in 0..<a.count - 2 {
            let key = try a.text(index)
            guard case .map(let map) = value, let next = map.entries[key] else { return a[a.count - 2] }
            value = next
        }
        return value
    }

    /// Fills the first map with what the others have, and gives it back.
    private static func merged(_ a: TemplateArguments, overwrites: Bool) throws -> TemplateValue {
        let target = try a.map(0)
        for index in a.values.indices.dropFirst() {
            try merge(try a.entries(index), into: target, overwrites, a.context, 0)
        }
        return a[0]
    }

    private static func merge(
        _ entries: [String: TemplateValue],
        into target: TemplateMap,
        _ overwrites: Bool,
        _ context: TemplateContext,
        _ depth: Int
    ) throws {
        try context.checkDepth(depth)
        for (key, value) in entries {
            try context.spend()
            if case .map(let inner) = value, case .map(let known)? = target.entries[key] {
                try merge(inner.entries, into: known, overwrites, context, depth + 1)
            } else if overwrites || target.entries[key]?.isTrue != true {
                try context.countEntry()
                target.entries[key] = value
            }
        }
    }

    private static func copy(
        _ value: TemplateValue,
        _ context: TemplateContext,
        _ depth: Int = 0
    ) throws -> TemplateValue {
        try context.spend()
        try context.checkDepth(depth)
        switch value {
        case .list(let list):
            var elements: [TemplateValue] = []
            for element in list.elements { elements.append(try copy(element, context, depth + 1)) }
            return try context.list(elements)
        case .map(let map):
            var entries: [String: TemplateValue] = [:]
            for (key, entry) in map.entries { entries[key] = try copy(entry, context, depth + 1) }
            return try context.map(entries)
        default: return value
        }
    }
}
