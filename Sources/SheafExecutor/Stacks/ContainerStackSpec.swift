import SheafModel

/// The parameters of the container stack.
struct ContainerStackSpec: Hashable, Sendable {
    var image: String?
    var imagePullSecret: String?
    var imagePullPolicy: ImagePullPolicy
    var command: [String]
    var arguments: [String]

    /// - Throws: `ExecutorError` with `invalid-value` when a word of the command is no scalar, or the policy is none.
    init(_ spec: JSONValue?, of title: String) throws {
        image = spec?["image"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        imagePullSecret = spec?["imagePullSecret"]?.stringValue
        imagePullPolicy = try ImagePullPolicy(spec?["imagePullPolicy"], of: title)
        command = try Self.words(spec?["command"], "command", of: title)
        arguments = try Self.words(spec?["arguments"], "arguments", of: title)
    }

    /// A list of scalars, or one scalar, as words.
    private static func words(_ value: JSONValue?, _ key: String, of title: String) throws -> [String] {
        guard let value, value != .null else { return [] }
        return try (value.arrayValue ?? [value]).map { word in
            guard let text = word.scalarText, !text.utf8.contains(0) else {
                throw ExecutorError(.invalidValue, "cannot run \(title): stackSpec.\(key) holds what is no word")
            }
            return text
        }
    }
}
