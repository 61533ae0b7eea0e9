package import SheafModel

/// What is known of one key of a manifest, for people.
package struct FieldDescription: Hashable, Sendable, Encodable {
    /// Such as `service.ingress.path`.
    package var path: String
    package var description: String
    /// In words, such as `text`, `list of mappings`.
    package var type: String
    package var isRequired: Bool
    package var isSecret: Bool
    package var deprecated: String?
    package var defaultValue: JSONValue?
    package var allowed: [String]
    package var examples: [JSONValue]
    /// Other spellings of the key.
    package var aliases: [String]
    /// The kinds of resource that the value may name.
    package var references: [String]
    /// Further facts in short sentences, such as limits.
    package var notes: [String]
    package var children: [FieldDescription]

    enum CodingKeys: String, CodingKey {
        case path, description, type, deprecated, allowed, examples, aliases, references, notes, children
        case isRequired = "required"
        case isSecret = "secret"
        case defaultValue = "default"
    }
}

/// Why nothing can be explained.
package struct ExplainError: SheafError {
    package let code: String
    package let message: String
    package let hint: String?
    package let failureClass: FailureClass

    static func unknown(_ name: String, in owner: String?, among names: [String]) -> ExplainError {
        let list = names.isEmpty ? nil : "one of \(names.joined(separator: ", "))"
        return ExplainError(
            code: "manifest.unknown-field",
            message: owner.map { "'\($0)' has no key '\(name)'" } ?? "there is no kind or stack '\(name)'",
            hint: Suggestion.help(for: name, among: names) ?? list,
            failureClass: .usage
        )
    }
}
