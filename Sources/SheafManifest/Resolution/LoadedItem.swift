internal import SheafModel

/// An item of a bundle, or of a bundle in it, whose manifest was read.
struct LoadedItem: Sendable {
    /// That an item waits for another.
    struct Need: Hashable, Sendable {
        /// The other item's path, such as `inner/web`.
        var item: String
        var status: StateTest?
        var runtime: StateTest?
        var origin = ResourceLink.Origin.declared
    }

    /// The item's path, such as `inner/web`.
    var path: String
    var place: SourceSpan
    var id: ResourceID
    var manifest: ReadManifest
    var needs: [Need]
    /// What the bundle asks for the data of the volume that the item is.
    var snapshot: SnapshotRule?
    /// When the bundle wants the workload that the item is to count as ready.
    var readiness: ReadinessRule?
}

extension LoadedItem.Need {
    /// The same need for another reason.
    init(_ need: LoadedItem.Need, origin: ResourceLink.Origin) {
        self = need
        self.origin = origin
    }
}
