package import SheafModel

/// How people are told of an action.
package struct ActionWords: Sendable {
    /// Stands before the line of a resource.
    let sign: String
    /// What will be done: `to create`.
    let plain: String
    /// While it is done: `creating`.
    let doing: String
    /// Afterwards: `created`.
    let done: String
    let role: TextStyle.Role

    /// The words for an action.
    static func of(_ action: Change.Action) -> ActionWords {
        table[action]
            ?? ActionWords(
                sign: "?",
                plain: action.rawValue,
                doing: action.rawValue,
                done: action.rawValue,
                role: .strong
            )
    }

    /// Whether there are words for an action.
    package static func hasWords(for action: Change.Action) -> Bool { table[action] != nil }

    private static let table: [Change.Action: ActionWords] = [
        .create: ActionWords(sign: "+", plain: "create", doing: "creating", done: "created", role: .good),
        .adopt: ActionWords(sign: "<", plain: "adopt", doing: "taking over", done: "adopted", role: .caution),
        .update: ActionWords(sign: "~", plain: "update", doing: "updating in place", done: "updated", role: .caution),
        .replace: ActionWords(sign: "±", plain: "replace", doing: "replacing", done: "replaced", role: .caution),
        .run: ActionWords(sign: ">", plain: "run", doing: "running again", done: "run again", role: .caution),
        .delete: ActionWords(sign: "-", plain: "delete", doing: "ending", done: "deleted", role: .bad),
        .keep: ActionWords(sign: "=", plain: "keep", doing: "keeping", done: "kept", role: .faint),
    ]
}
