package import SheafModel

/// What became of a bundle's manifests.
package struct Resolution: Sendable {
    /// Nil when there are errors among the diagnostics.
    package var bundle: ResolvedBundle?
    /// Of all files that were read, by file, line and column.
    package var diagnostics: [Diagnostic]
    /// The bytes of all attachments.
    package var contents: [Digest: [UInt8]]
    /// Display path -> text of every manifest that was read, for showing snippets under diagnostics.
    package var sources: [String: [UInt8]]

    package init(
        bundle: ResolvedBundle?,
        diagnostics: [Diagnostic],
        contents: [Digest: [UInt8]] = [:],
        sources: [String: [UInt8]] = [:]
    ) {
        self.bundle = bundle
        self.diagnostics = diagnostics
        self.contents = contents
        self.sources = sources
    }
}
