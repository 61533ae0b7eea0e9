/// What of the content store is still needed: what the records name, and what that names in turn.
package struct ContentNeeds: Hashable, Sendable {
    /// Archives and files of resources, which name nothing more.
    package var named: Set<Digest>
    /// Resolved bundles, which name the files of their resources, each with who needs it, such as `revision 3 of 'shop'`.
    package var resolved: [Digest: String]

    package init(named: Set<Digest> = [], resolved: [Digest: String] = [:]) {
        self.named = named
        self.resolved = resolved
    }

    /// Everything that is needed, directly or not.
    ///
    /// - Parameter contents: What a resolved bundle names; is asked once for each.
    /// - Returns: What may not be removed, whether it is there or not.
    /// - Throws: What `contents` throws: then nobody knows what is needed.
    package func all(naming contents: (_ bundle: Digest, _ owner: String) throws -> Set<Digest>) rethrows -> Set<Digest>
    {
        var all = named.union(resolved.keys)
        for (bundle, owner) in resolved { all.formUnion(try contents(bundle, owner)) }
        return all
    }
}

extension ResolvedBundle {
    /// The content of the files that its resources bring.
    package var contents: Set<Digest> { Set(resources.flatMap(\.contents)) }
}

extension ResolvedResource {
    /// The content of the files that it brings.
    package var contents: [Digest] { attachments.map(\.digest) }
}
