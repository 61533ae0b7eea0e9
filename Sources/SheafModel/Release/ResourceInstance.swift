/// One incarnation of a resource: the resource as some revision defined it.
package struct ResourceInstance: Codable, Hashable, Sendable {
    package var resource: ResolvedResource
    /// The number of the revision that made this incarnation.
    package var generation: Int

    package init(resource: ResolvedResource, generation: Int) {
        self.resource = resource
        self.generation = generation
    }
}
