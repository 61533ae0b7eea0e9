package import SheafModel

/// A transaction that has begun and is not closed, as the journal has it.
package struct OpenTransaction: Sendable, Hashable {
    package enum State: String, Sendable {
        /// Nothing visible has happened yet.
        case preparing
        /// Changes are being made.
        case performing
        /// Changes are being undone.
        case compensating
        /// An undo failed; it is tried again by every recovery.
        case stuck
        /// The new revision is live; what only the undo needed is being removed.
        case committed
    }

    /// How far a step has come.
    package enum Progress: String, Sendable {
        case planned, prepared, performing, performed
    }

    package var id: Int64
    package var bundle: String
    package var revision: Int
    package var state: State
    /// Why it is being undone, in words.
    package var failure: String?
    /// In the order of the plan.
    package var steps: [Step]
    /// As many as there are steps.
    package var progress: [Progress]
}

/// A resource that the transaction does not touch but whose definition or place in the bundle is new.
package struct KeptResource: Sendable, Hashable {
    package var resource: ResolvedResource
    package var order: Int

    package init(resource: ResolvedResource, order: Int) {
        self.resource = resource
        self.order = order
    }
}
