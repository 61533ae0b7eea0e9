/// Which rules of JSON Schema a document follows.
package struct SchemaDialect: Hashable, Sendable {
    /// A published draft; older ones than draft 7 are read as it, with what they write otherwise.
    package enum Draft: Hashable, Sendable, Comparable { case draft7, draft2019, draft2020 }

    package var draft: Draft
    /// Whether `type`, `required`, `minimum` and their like mean anything.
    package var validates = true
    /// Whether `format` refuses values; by default it only describes them.
    package var assertsFormats = false

    /// Makes the rules of a draft.
    package init(_ draft: Draft) { self.draft = draft }

    static let draft2020URI = "https://json-schema.org/draft/2020-12/schema"
    static let draft7URI = "http://json-schema.org/draft-07/schema"

    /// The draft that a `$schema` names, in any of the spellings that occur; nil for anything else.
    static func published(_ uri: String) -> Draft? {
        var text = Substring(uri.lowercased())
        while text.hasSuffix("#") || text.hasSuffix("/") { text = text.dropLast() }
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) { text = text.dropFirst(scheme.count) }
        switch text {
        case "json-schema.org/draft/2020-12/schema": return .draft2020
        case "json-schema.org/draft/2019-09/schema": return .draft2019
        case "json-schema.org/schema": return .draft7
        default:
            let isOld = ["03", "04", "05", "06", "07"].contains { text == "json-schema.org/draft-\($0)/schema" }
            return isOld ? .draft7 : nil
        }
    }
}
