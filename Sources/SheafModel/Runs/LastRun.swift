/// The run of a workflow that was begun last, as far as a schedule has to know it.
package struct LastRun: Hashable, Sendable {
    /// Tells it from all other runs of the same workflow.
    package var identity: String
    /// Whether it is in progress, or one that was begun before it is.
    package var isGoingOn: Bool

    package init(identity: String, isGoingOn: Bool) { (self.identity, self.isGoingOn) = (identity, isGoingOn) }
}
