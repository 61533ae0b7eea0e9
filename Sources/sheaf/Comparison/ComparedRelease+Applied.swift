import FoundationEssentials
import SheafArchive
import SheafModel

extension ComparedRelease {
    /// A bundle with the images and stacks that it needs.
    init(_ head: Head, _ bundle: ResolvedBundle) {
        let parts = BundleParts(bundle)
        self.init(head: head, bundle: bundle, images: parts.images, stacks: parts.stacks)
    }

    /// What a revision made live, or tried to, without its files.
    ///
    /// - Parameters:
    ///   - revision: Which.
    ///   - text: How it is named to the user.
    ///   - content: Has its resolved bundle.
    /// - Returns: A release without a bundle for a delete.
    /// - Throws: A `SheafError` when the resolved bundle is not there or damaged.
    static func applied(
        _ revision: Revision,
        as text: String,
        from content: ContentDirectory
    ) throws -> ComparedRelease {
        var head = Head(source: text, form: .release, name: revision.bundle, isFilledIn: true)
        head.version = revision.version
        head.digest = revision.archive
        head.provenance = revision.provenance
        head.revision = revision.number
        head.state = revision.stateInWords
        head.environment = revision.environment
        guard let resolved = revision.resolved else { return ComparedRelease(head: head, bundle: nil) }
        let bytes = try content.content(resolved)
        return ComparedRelease(head, try CanonicalJSON.decode(ResolvedBundle.self, from: Data(bytes)))
    }
}
