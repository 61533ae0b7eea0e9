internal import SheafModel

/// A manifest in its normal form, with what identifies it.
struct ReadManifest: Sendable {
    /// Nil where the type is missing, unknown, or no resource.
    var kind: ResourceKind?
    var name: String?
    /// The workspace that the manifest itself gives.
    var workspace: DependencyCheck.Name?
    /// The normal form; the manifests of a bundle's items are not in it.
    var node: ManifestNode
    /// Where to point for findings about the manifest as a whole.
    var place: SourceSpan
    /// The items of a bundle.
    var items: [BundleItem] = []
    /// As it was read.
    var source: ManifestSource

    /// The section of the kind, with its key.
    var section: ManifestNode.Entry? { kind.flatMap { node.entry($0.sectionKey) } }
}

/// Where a manifest was read from: a node of a tree.
struct ManifestSource: Sendable {
    var tree: SharedTree
    var node: YAMLTree.NodeID
}

/// A manifest that was held against the schema of its kind.
struct CheckedManifest {
    /// Nil for manifests that are no resources.
    var kind: ResourceKind?
    var set: ShapeSet
    var node: YAMLTree.NodeID
    /// The manifests that stand in it.
    var inlineManifests: [YAMLTree.NodeID]
}
