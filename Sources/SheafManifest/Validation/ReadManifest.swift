internal import SheafModel

/// A manifest in its normal form, with what identifies it.
struct ReadManifest: Sendable {
    /// Nil where the type is missing, unknown, or no resource.
    var kind: ResourceKind?
    var name: String?
    /// The workspace that the manifest itself gives.
    var workspace: ManifestNode?
    /// The normal form.
    var node: ManifestNode
    /// Where to point for findings about the manifest as a whole.
    var place: SourceSpan

    /// The section of the kind, with its key.
    var section: ManifestNode.Entry? { kind.flatMap { node.entry($0.sectionKey) } }
}
