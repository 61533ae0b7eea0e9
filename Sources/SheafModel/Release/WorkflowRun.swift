/// The last run of a workflow.
package struct WorkflowRun: Hashable, Sendable {
    /// Tells it from all other runs of the same workflow.
    package var identity: String
    /// How it is, or how it has ended.
    package var state: ResourceState

    package init(identity: String, state: ResourceState) { (self.identity, self.state) = (identity, state) }

    /// Whether it is in progress.
    package var isGoingOn: Bool { state.runtime == "running" }
}
