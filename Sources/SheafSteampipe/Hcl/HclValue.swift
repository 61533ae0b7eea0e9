/// The value of an attribute.
package indirect enum HclValue: Hashable, Sendable {
    case string(String)
    /// A number as it was written.
    case number(String)
    case bool(Bool)
    case null
    case list([HclValue])
    case object([String: HclValue])
    /// A name of something else in the file, such as `plugin.csv`.
    case reference(String)

    /// The text of a string; nil for everything else.
    package var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The strings of a list of strings; nil when any element is something else.
    package var texts: [String]? {
        guard case .list(let elements) = self else { return nil }
        let texts = elements.compactMap(\.text)
        return texts.count == elements.count ? texts : nil
    }

    /// What kind of value it is, for messages.
    package var kind: String {
        switch self {
        case .string: "a string"
        case .number: "a number"
        case .bool: "a bool"
        case .null: "null"
        case .list: "a list"
        case .object: "an object"
        case .reference: "a reference"
        }
    }
}

/// A name and its value.
package struct HclAttribute: Hashable, Sendable {
    package var name: String
    package var value: HclValue
    package var position: HclPosition
    package var valuePosition: HclPosition
}

/// A block such as `connection "name" { … }`.
package struct HclBlock: Hashable, Sendable {
    package var type: String
    package var labels: [String]
    package var attributes: [HclAttribute] = []
    package var blocks: [HclBlock] = []
    package var position: HclPosition
    package var end: HclPosition
    /// What is wrong inside the block; the first finding.
    package var problem: HclError?

    package subscript(name: String) -> HclAttribute? { attributes.first { $0.name == name } }
}

/// The blocks of a file, with everything that is wrong in it.
///
/// An error inside a block leaves the other blocks whole: it is in `problems`, and in the block it is about.
package struct HclFile: Hashable, Sendable {
    package var name: String
    package var blocks: [HclBlock] = []
    package var problems: [HclError] = []
}
