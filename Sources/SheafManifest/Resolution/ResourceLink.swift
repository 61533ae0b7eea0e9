package import SheafModel

/// Why one resource of a bundle has to do with another.
package struct ResourceLink: Hashable, Sendable {
    /// Where the link comes from.
    package enum Origin: Hashable, Sendable {
        /// The item lists the other one under `dependencies` or `dependencyConditions`.
        case declared
        /// The bundle that the item stands in lists the other one.
        case inherited
        /// The bundle waits for its own items.
        case contained
        /// The manifest names the other one at a place such as `service.dataosSecrets[0].name`.
        case named(field: String)
    }

    /// The other resource, of the same bundle or not.
    package var resource: ResourceID
    package var origin: Origin

    package init(resource: ResourceID, origin: Origin) {
        self.resource = resource
        self.origin = origin
    }
}
