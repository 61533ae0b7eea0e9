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

    /// How many steps cannot be undone once they have begun.
    package var irreversibleCount: Int { changes.count { $0.undo.isImpossible } }

    /// How many processes are started anew.
    package var restartCount: Int {
        changes.reduce(0) { $0 + ($1.interruption.restartsProcesses ? $1.interruption.processes : 0) }
    }
}
