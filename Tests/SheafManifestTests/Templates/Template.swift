import SheafManifest
package import SheafModel

/// Runs a template by itself.
enum Template {
    /// What became of a template.
    enum Outcome: Equatable {
        case text(String)
        /// `kind line:column message`
        case fault(String)

        var text: String? {
            if case .text(let text) = self { return text }
            return nil
        }
    }

    /// The data that the tables of these tests run over.
    static let data: JSONValue = .object([
        "text": "hello", "empty": "", "number": 17, "zero": 0, "half": .number(0.5), "million": .number(1_000_000),
        "yes": true, "no": false, "null": .null, "list": [3, 4, 5], "none": [], "words": ["b", "a", "c"],
        "map": ["one": 1, "two": 2, "three": 3], "nomap": [:],
        "deep": ["list": [["name": "x"], ["name": "y"]], "null": .null, "text": "t"],
    ])

    static func run(
        _ template: String,
        _ data: JSONValue = data,
        limits: TemplateLimits = TemplateLimits(),
        platform: StackPlatform = StackPlatform()
    ) -> Outcome {
        let (written, faults) = TemplateEngine.render(template, data: data, platform: platform, limits: limits)
        if let first = faults.first { return .fault(show(first, TemplateText(template))) }
        return .text(written ?? "")
    }

    static func show(_ fault: TemplateFault, _ text: TemplateText) -> String {
        let place = text.place(of: fault.range.lowerBound)
        return "\(fault.kind) \(place.line):\(place.column) \(fault.message)"
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { first, _ in first }))
    }
}
