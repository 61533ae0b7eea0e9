import SheafManifest
import SheafModel

/// A kind, a stack or a field that does not exist.
struct ReferenceProblem: SheafError {
    let code: String
    let message: String
    let hint: String?
    var failureClass: FailureClass { .usage }

    static func unknownRoot(_ name: String, known: [String]) -> ReferenceProblem {
        ReferenceProblem(
            code: "usage.unknown-kind",
            message: "there is no kind of manifest and no stack '\(name)'",
            hint: guess(name, known) ?? "they are: \(known.joined(separator: ", "))"
        )
    }

    /// The problem of a path that leads nowhere.
    init(_ miss: SchemaReference.Miss) {
        switch miss {
        case .unknownRoot(let name, let known): self = .unknownRoot(name, known: known)
        case .unknownField(let name, let path, []):
            code = "usage.unknown-field"
            message = "'\(path)' has no field '\(name)': nothing is known of what stands below it"
            hint = "try 'sheaf explain \(path)'"
        case .unknownField(let name, let path, let known):
            code = "usage.unknown-field"
            message = "'\(path)' has no field '\(name)'"
            hint = Self.guess(name, known) ?? Self.list(known, of: path)
        case .dependsOnStack(let path, let stacks):
            code = "usage.unknown-field"
            message = "what stands below '\(path)' depends on the stack"
            hint = "name it with --stack: \(stacks.joined(separator: ", "))"
        case .anyManifest(let path):
            code = "usage.unknown-field"
            message = "'\(path)' is a whole manifest, of any kind"
            hint = "begin with its kind, such as 'sheaf explain service.stack'"
        }
    }

    private init(code: String, message: String, hint: String?) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    private static func list(_ known: [String], of path: String) -> String {
        known.count <= 12
            ? "its fields are: \(known.joined(separator: ", "))" : "run 'sheaf explain \(path)' for its fields"
    }

    private static func guess(_ name: String, _ known: [String]) -> String? { Suggestion.help(for: name, among: known) }
}
