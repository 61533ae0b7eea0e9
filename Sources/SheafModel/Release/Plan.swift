/// What will happen to one resource, and why.
package struct Change: Codable, Hashable, Sendable {
    package enum Action: String, Codable, Sendable {
        case create, update, delete, keep
    }

    /// One field that differs; nil where the field is absent on that side.
    package struct Difference: Codable, Hashable, Sendable {
        /// Such as `worker.stackSpec.arguments[1]`.
        package var path: String
        package var before: JSONValue?
        package var after: JSONValue?
        /// Whether the values belong to a secret; then both are masked.
        package var isSecret: Bool

        package init(path: String, before: JSONValue?, after: JSONValue?, isSecret: Bool = false) {
            self.path = path
            self.before = before
            self.after = after
            self.isSecret = isSecret
        }
    }

    package var action: Action
    package var resource: ResourceID
    /// Why, as short sentences; never empty except for `keep`.
    package var reasons: [String]
    package var differences: [Difference]
    /// Whether the old instance must end before the new one starts, because both need the same port.
    package var handsOver: Bool

    package init(
        action: Action,
        resource: ResourceID,
        reasons: [String] = [],
        differences: [Difference] = [],
        handsOver: Bool = false
    ) {
        self.action = action
        self.resource = resource
        self.reasons = reasons
        self.differences = differences
        self.handsOver = handsOver
    }
}

/// What an operation would do to a bundle's live revision, in the order in which it would be done.
package struct Plan: Codable, Hashable, Sendable {
    package var bundle: String
    /// The live revision; nil for a first apply.
    package var fromRevision: Int?
    /// Kept resources included.
    package var changes: [Change]

    package init(bundle: String, fromRevision: Int?, changes: [Change]) {
        self.bundle = bundle
        self.fromRevision = fromRevision
        self.changes = changes
    }

    /// Whether every resource is kept.
    package var isEmpty: Bool { changes.allSatisfy { $0.action == .keep } }

    /// How many changes have an action.
    package func count(_ action: Change.Action) -> Int { changes.count { $0.action == action } }
}
