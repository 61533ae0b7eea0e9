package import SheafModel

/// What became of a bundle's manifests.
package struct Resolution: Sendable {
    /// Nil when there are errors among the diagnostics.
    package var bundle: ResolvedBundle?
    /// Of all files that were read, by file, line and column.
    package var diagnostics: [Diagnostic]
    /// One warning for each resource whose credentials stand in its manifest, and so in an archive of it.
    ///
    /// These are no part of `diagnostics`: a bundle with such secrets is valid. Show them without the lines that they
    /// are about, since those hold the secrets.
    package var literalSecrets: [Diagnostic]
    /// The bytes of all attachments.
    package var contents: [Digest: [UInt8]]
    /// Display path -> text of every manifest that was read, for showing snippets under diagnostics.
    package var sources: [String: [UInt8]]
    /// Why each resource has to do with others: its dependencies first, then what its manifest names, place by place.
    package var links: [ResourceID: [ResourceLink]]
    /// What the expressions were filled in with.
    package var values: ValueReport

    package init(
        bundle: ResolvedBundle?,
        diagnostics: [Diagnostic],
        literalSecrets: [Diagnostic] = [],
        contents: [Digest: [UInt8]] = [:],
        sources: [String: [UInt8]] = [:],
        links: [ResourceID: [ResourceLink]] = [:],
        values: ValueReport = ValueReport()
    ) {
        self.bundle = bundle
        self.diagnostics = diagnostics
        self.literalSecrets = literalSecrets
        self.contents = contents
        self.sources = sources
        self.links = links
        self.values = values
    }
}
