/// What a function of a template is called with.
struct TemplateArguments {
    let function: String
    let values: [TemplateValue]
    let context: TemplateContext

    var count: Int { values.count }

    subscript(index: Int) -> TemplateValue {
        values.indices.contains(index) ? values[index] : .missing(.null)
    }

    /// The arguments from one on.
    func rest(_ start: Int) -> ArraySlice<TemplateValue> { values.dropFirst(start) }

    /// A text.
    ///
    /// - Throws: A problem when it is anything else.
    func text(_ index: Int) throws -> String {
        guard case .text(let text) = self[index] else { throw wrong(index, "a text") }
        return text
    }

    /// A whole number.
    ///
    /// - Throws: A problem when it is anything else.
    func integer(_ index: Int) throws -> Int {
        guard case .integer(let value) = self[index] else { throw wrong(index, "a whole number") }
        return Int(value)
    }

    func bool(_ index: Int) throws -> Bool {
        guard case .bool(let value) = self[index] else { throw wrong(index, "a boolean") }
        return value
    }

    /// The entries of a map; what is missing counts as an empty one, as in Go.
    ///
    /// - Throws: A problem when it is anything else.
    func entries(_ index: Int) throws -> [String: TemplateValue] {
        switch self[index] {
        case .missing: return [:]
        case .map(let map): return map.entries
        case .record(let record):
            return Dictionary(record.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        default: throw wrong(index, "a mapping")
        }
    }

    /// The map itself, for functions that change it.
    ///
    /// - Throws: A problem when it is anything else.
    func map(_ index: Int) throws -> TemplateMap {
        guard case .map(let map) = self[index] else { throw wrong(index, "a mapping") }
        return map
    }

    /// The elements of a list.
    ///
    /// - Throws: A problem when it is anything else.
    func elements(_ index: Int) throws -> [TemplateValue] {
        guard case .list(let list) = self[index] else { throw wrong(index, "a list") }
        return list.elements
    }

    /// That an argument is not what the function needs.
    func wrong(_ index: Int, _ wanted: String) -> TemplateProblem {
        let place = "argument \(index + 1) of '\(function)'"
        if case .missing(let absence) = self[index] {
            return TemplateProblem("\(place) must be \(wanted), but there is none: \(absence.reason)", argument: index)
        }
        return TemplateProblem("\(place) must be \(wanted), but is \(self[index].inWords)", argument: index)
    }

    /// Makes a text, counted.
    func make(_ text: String) throws -> TemplateValue {
        try context.reserve(text: text.utf8.count)
        return .text(text)
    }

    /// A value as a text: a text as it is, everything else as Go prints it.
    func string(_ value: TemplateValue) throws -> String { try GoText.text(value, context) }
}
