import FoundationEssentials
import SheafArchive
import SheafEngine
import SheafManifest
import SheafModel

/// Turns a SOURCE into a resolved bundle, and into a release that is kept in the content store.
struct ReleaseLoader {
    /// A source that is read and in which nothing is wrong.
    struct Loaded {
        var source: BundleSource
        var tree: SourceTree
        var bundle: ResolvedBundle
        /// What was told already: that which is doubtful, and no error.
        var warnings: [Diagnostic]
        /// Secrets in the manifests, which were not told.
        var literalSecrets: [Diagnostic]
        /// The bytes of all attachments.
        var contents: [Digest: [UInt8]]
    }

    let context: CommandContext

    /// Reads and resolves; warnings are told on standard error.
    ///
    /// - Parameter source: What the user named.
    /// - Returns: The files with the resolved bundle.
    /// - Throws: `DiagnosticsError` after all findings were told; a `SheafError` when files cannot be read.
    func load(_ source: BundleSource) throws -> Loaded {
        let tree = try source.open(cache: context.packCache)
        let resolution = try BundleResolver(files: tree).resolve(manifestPath: source.manifest)
        DiagnosticPrinter(terminal: context.terminal).tell(resolution.diagnostics, sources: resolution.sources)
        guard let bundle = resolution.bundle, !resolution.diagnostics.hasErrors else {
            throw DiagnosticsError(resolution.diagnostics)
        }
        return Loaded(
            source: source,
            tree: tree,
            bundle: bundle,
            warnings: resolution.diagnostics,
            literalSecrets: resolution.literalSecrets,
            contents: resolution.contents
        )
    }

    /// The version that a release of this source has.
    func version(of tree: SourceTree, given: String? = nil) -> String {
        given ?? tree.version ?? "0.0.0"
    }

    /// The time that stands in the archive: `SOURCE_DATE_EPOCH`, else the commit's, else 0.
    func commitTime(of tree: SourceTree) -> Int64 {
        context.environment["SOURCE_DATE_EPOCH"].flatMap(Int64.init) ?? tree.commitTime ?? 0
    }

    /// Packs a loaded source.
    ///
    /// - Parameters:
    ///   - loaded: From `load`.
    ///   - version: nil for the source's own.
    ///   - folder: Where the archive will be written to; nil when it will be kept.
    /// - Returns: The archive.
    /// - Throws: A `SheafError` when it cannot be made.
    func pack(_ loaded: Loaded, version: String? = nil, for folder: String? = nil) throws -> PackedArchive {
        let scratch = folder ?? context.environment["TMPDIR"] ?? "/tmp"
        return try Packer(scratch: scratch, cache: context.packCache).pack(
            loaded.tree,
            bundle: loaded.bundle,
            version: self.version(of: loaded.tree, given: version),
            commitTime: commitTime(of: loaded.tree)
        )
    }

    /// Makes the release of a loaded source; nothing is kept yet.
    func release(_ loaded: Loaded) throws -> Release {
        let resolved = Array(try CanonicalJSON.encode(loaded.bundle))
        let archive: Release.ArchiveFile
        let version: String
        if case .archive(let path) = loaded.source {
            let opened = try Archive.open(path)
            archive = .file(path, digest: opened.digest)
            version = opened.index.version
        } else {
            archive = .packed(try pack(loaded))
            version = self.version(of: loaded.tree)
        }
        return Release(
            target: .apply(
                loaded.bundle,
                archive: archive.digest,
                resolved: Digest(of: resolved),
                version: version,
                provenance: loaded.tree.provenance
            ),
            archive: archive,
            resolved: resolved,
            attachments: Array(loaded.contents.values)
        )
    }

    /// What applying the source would have as its target, without keeping anything.
    func preview(_ loaded: Loaded) -> Target {
        let nothing = Digest(of: [UInt8]())
        return .apply(
            loaded.bundle,
            archive: nothing,
            resolved: nothing,
            version: version(of: loaded.tree),
            provenance: loaded.tree.provenance
        )
    }
}
