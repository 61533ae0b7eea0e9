package import FoundationEssentials

/// A live revision that somebody has to confirm in time, so that it stays.
package struct Confirmation: Hashable, Sendable {
    package var bundle: String
    /// The revision that waits.
    package var revision: Int
    /// What was live before and comes back; nil when nothing was.
    package var previous: Int?
    /// By the clock on the wall.
    package var deadline: Date

    package init(bundle: String, revision: Int, previous: Int?, deadline: Date) {
        self.bundle = bundle
        self.revision = revision
        self.previous = previous
        self.deadline = deadline
    }
}

/// What a transaction means for confirmations.
package enum ConfirmationIntent: Hashable, Sendable {
    /// Its revision has to be confirmed so long after it became live.
    case asks(within: Duration)
    /// It puts back what was live before a revision that was not confirmed.
    case reverts(revision: Int)
}
