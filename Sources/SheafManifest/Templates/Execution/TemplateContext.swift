internal import SheafModel

/// What all parts of one run share: how much it may still do, and the maps that it made.
final class TemplateContext {
    let limits: TemplateLimits
    let platform: StackPlatform
    private var steps = 0
    private var memory = 0
    /// Every map of the run.
    ///
    /// `set` can chain them without end, and releasing such a chain is recursive: they are taken
    /// apart one by one instead.
    private var maps: [TemplateMap] = []

    init(limits: TemplateLimits, platform: StackPlatform) {
        self.limits = limits
        self.platform = platform
    }

    deinit {
        for map in maps { map.entries = [:] }
    }

    /// Counts work.
    func spend(_ count: Int = 1) throws {
        steps += count
        guard steps <= limits.steps else {
            throw TemplateProblem("the template takes more than \(limits.steps) steps", kind: .limit)
        }
    }

    /// Counts a text that is about to be made.
    func reserve(text length: Int) throws {
        guard length <= limits.textLength else {
            throw TemplateProblem("a text would be longer than \(limits.textLength) bytes", kind: .limit)
        }
        try reserve(length)
    }

    private func reserve(_ size: Int) throws {
        memory += size
        guard memory <= limits.memory else {
            throw TemplateProblem("the template needs more than \(limits.memory) bytes of memory", kind: .limit)
        }
    }

    func checkDepth(_ depth: Int) throws {
        guard depth <= limits.depth else {
            throw TemplateProblem("values are nested more than \(limits.depth) deep", kind: .limit)
        }
    }

    // MARK: Values

    func list(_ elements: [TemplateValue]) throws -> TemplateValue {
        try spend(1 + elements.count / 8)
        try reserve(elements.count * MemoryLayout<TemplateValue>.stride)
        let depth = 1 + (elements.map(\.depth).max() ?? 0)
        try checkDepth(depth)
        return .list(TemplateList(elements: elements, depth: depth))
    }

    func map(_ entries: [String: TemplateValue]) throws -> TemplateValue {
        try spend(1 + entries.count / 8)
        try reserve(64 + entries.count * (MemoryLayout<TemplateValue>.stride + 32))
        let depth = 1 + (entries.values.map(\.depth).max() ?? 0)
        try checkDepth(depth)
        let map = TemplateMap(entries, depth: depth)
        maps.append(map)
        return .map(map)
    }

    /// Counts an entry that is added to a map.
    func countEntry() throws { try reserve(MemoryLayout<TemplateValue>.stride + 32) }

    /// The value of a JSON document.
    func value(_ json: JSONValue) throws -> TemplateValue {
        switch json {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .integer(let value): return .integer(value)
        case .number(let value): return .number(value)
        case .string(let text): return .text(text)
        case .array(let elements):
            var values: [TemplateValue] = []
            values.reserveCapacity(elements.count)
            for element in elements { values.append(try value(element)) }
            return try list(values)
        case .object(let members):
            var entries: [String: TemplateValue] = [:]
            for (key, member) in members { entries[key] = try value(member) }
            return try map(entries)
        }
    }
}
