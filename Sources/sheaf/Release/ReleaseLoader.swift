import FoundationEssentials
import SheafArchive
import SheafEngine
import SheafManifest
import SheafModel
import SheafStore

/// Turns a SOURCE into a resolved bundle, and into a release that is kept in the content store.
struct ReleaseLoader {
    /// A source that is read and in which nothing is wrong.
    struct Loaded {
        var source: BundleSource
        /// Where the source is one: open since before anything was read from it.
        var archive: Archive?
        var tree: SourceTree
        /// With references in the place of secrets.
        var bundle: ResolvedBundle
        /// What its expressions were filled in with.
        var values: ValueReport
        var secrets: any SecretSource
        /// What was told already: that which is doubtful, and no error.
        var warnings: [Diagnostic]
        /// Secrets in the manifests, which were not told.
        var literalSecrets: [Diagnostic]
        /// The bytes of all attachments.
        var contents: [Digest: [UInt8]]
        /// Display path -> text of every manifest that was read.
        var sources: [String: [UInt8]]
        /// Why resources have to do with each other.
        var links: [ResourceID: [ResourceLink]]
    }

    let context: CommandContext

    /// Reads and resolves; warnings are told on standard error.
    ///
    /// - Parameters:
    ///   - source: What the user named.
    ///   - values: What the expressions are filled in with; without values they stay, as in an archive.
    ///   - gate: What an archive has to pass; other sources do not pass any.
    ///   - options: What is taken of submodules and of git LFS, where the source is no archive.
    ///   - look: Sees what became of the source before anything is thrown.
    /// - Returns: The files with the resolved bundle. With a gate, they are of a private copy whose bytes were judged.
    /// - Throws: `DiagnosticsError` after all findings were told; a `SheafError` when files cannot be read, or when the
    ///   gate refuses them.
    func load(
        _ source: BundleSource,
        values: GivenValues? = nil,
        gate: SignatureGate? = nil,
        options: SourceChoices = SourceChoices(),
        look: (Resolution) throws -> Void = { _ in }
    ) throws -> Loaded {
        let archive = try openArchive(source, gate: gate)
        let tree = try archive.map(SourceTree.archive) ?? source.open(options: options, cache: context.packCache)
        let request = values?.request(version: version(of: tree), provenance: tree.provenance)
        let manifest = archive?.index.manifestPath ?? source.manifest
        let resolution = try BundleResolver(files: tree).resolve(manifestPath: manifest, values: request)
        try look(resolution)
        let bundle = try bundle(of: resolution, told: true)
        if let archive { try check(bundle, isOf: archive, at: source.shown) }
        return Loaded(
            source: source,
            archive: archive,
            tree: tree,
            bundle: bundle,
            values: resolution.values,
            secrets: values?.secrets ?? SecretSources([]),
            warnings: resolution.diagnostics,
            literalSecrets: resolution.literalSecrets,
            contents: resolution.contents,
            sources: resolution.sources,
            links: resolution.links
        )
    }

    private func bundle(of resolution: Resolution, told: Bool) throws -> ResolvedBundle {
        if told || resolution.diagnostics.hasErrors {
            DiagnosticPrinter(terminal: context.terminal).tell(resolution.diagnostics, sources: resolution.sources)
        }
        guard let bundle = resolution.bundle, !resolution.diagnostics.hasErrors else {
            throw DiagnosticsError(resolution.diagnostics)
        }
        return bundle
    }

    /// Opens a source that is an archive, once: what is judged, planned and kept are the same bytes.
    private func openArchive(_ source: BundleSource, gate: SignatureGate?) throws -> Archive? {
        guard case .archive(let path) = source else {
            if gate != nil { throw SignatureGate.unsigned(source.shown) }
            return nil
        }
        // Whoever can write to the file could change it after it was judged, but not a copy without a name.
        let archive = try context.openArchive(path, copiedTo: gate == nil ? nil : scratch)
        try gate?.admit(archive, at: path)
        return archive
    }

    /// What is signed and shown is the bundle that the archive's index names, so no other must come of it.
    private func check(_ bundle: ResolvedBundle, isOf archive: Archive, at path: String) throws {
        guard bundle.name != archive.index.name else { return }
        throw SourceError(
            code: ArchiveError.Kind.metadataMismatch.rawValue,
            message: "'\(path)' is an archive of the bundle '\(PrintableText.oneLine(archive.index.name))', but its"
                + " manifest makes '\(PrintableText.oneLine(bundle.name))'",
            hint: "pack a bundle whose name is no expression"
        )
    }

    /// Where archives are built and copied to.
    private var scratch: String { context.environment["TMPDIR"] ?? "/tmp" }

    /// The version that a release of this source has.
    func version(of tree: SourceTree, given: String? = nil) -> String {
        given ?? tree.version ?? "0.0.0"
    }

    /// The time that stands in the archive: `SOURCE_DATE_EPOCH`, else the commit's, else 0.
    func commitTime(of tree: SourceTree) -> Int64 {
        context.environment["SOURCE_DATE_EPOCH"].flatMap(Int64.init) ?? tree.commitTime ?? 0
    }

    /// Packs a loaded source, with its expressions as they are written.
    ///
    /// - Parameters:
    ///   - loaded: From `load`.
    ///   - version: nil for the source's own.
    ///   - folder: Where the archive will be written to; nil when it will be kept.
    ///   - usesCache: Whether frames are taken from Sheaf's home and left there.
    /// - Returns: The archive.
    /// - Throws: A `SheafError` when it cannot be made.
    func pack(
        _ loaded: Loaded,
        version: String? = nil,
        for folder: String? = nil,
        usesCache: Bool = true
    ) throws -> PackedArchive {
        var bundle = loaded.bundle
        if loaded.values.hasExpressions {
            let resolver = BundleResolver(files: loaded.tree)
            bundle = try self.bundle(of: resolver.resolve(manifestPath: loaded.source.manifest), told: false)
        }
        try loaded.tree.largeFiles.refuseMissing()
        return try Packer(scratch: folder ?? scratch, cache: usesCache ? context.packCache : nil).pack(
            loaded.tree,
            bundle: bundle,
            manifest: loaded.source.manifestMember,
            version: self.version(of: loaded.tree, given: version),
            commitTime: commitTime(of: loaded.tree)
        )
    }

    /// Makes the release of a loaded source; nothing is kept yet.
    func release(_ loaded: Loaded) throws -> Release {
        let key = loaded.bundle.holdsSecretReference ? try context.keys.sealingKey() : nil
        let bundle = try sealed(loaded, with: key)
        let resolved = Array(try CanonicalJSON.encode(bundle))
        let archive: Release.ArchiveFile
        let version: String
        if let opened = loaded.archive {
            archive = .opened(opened)
            version = opened.index.version
        } else {
            archive = .packed(try pack(loaded))
            version = self.version(of: loaded.tree)
        }
        return Release(
            target: target(loaded, bundle, archive: archive.digest, resolved: Digest(of: resolved), version: version),
            archive: archive,
            resolved: resolved,
            attachments: Array(loaded.contents.values),
            seal: key.map { Release.Seal(keys: context.keys, keyID: $0.id) }
        )
    }

    /// What applying the source would have as its target, without keeping anything.
    ///
    /// - Parameters:
    ///   - loaded: From `load`.
    ///   - makesKey: Whether the key that seals secrets is made where there is none, so that the digest of what is
    ///     resolved is the one that an apply will have.
    /// - Returns: The target; without the digest of what is resolved where no key is there and none is made.
    /// - Throws: A `SheafError` when the archive cannot be made, or the key is there and cannot be used.
    func preview(_ loaded: Loaded, makesKey: Bool = false) throws -> Target {
        var key: SealingKey?
        if loaded.bundle.holdsSecretReference {
            key = try makesKey ? context.keys.sealingKey() : context.keys.existingSealingKey()
        }
        // Where no key was made yet nothing was ever sealed, and so nothing can be the same.
        let isFinal = key != nil || !loaded.bundle.holdsSecretReference
        let bundle = try sealed(loaded, with: isFinal ? key : SealingKey())
        // A look must not make a home.
        let hasHome = try context.existingStore() != nil
        var target = target(
            loaded,
            bundle,
            archive: try loaded.archive?.digest ?? pack(loaded, usesCache: hasHome).digest,
            resolved: Digest(of: Array(try CanonicalJSON.encode(bundle))),
            version: loaded.archive?.index.version ?? version(of: loaded.tree)
        )
        if !isFinal { target.resolved = nil }
        return target
    }

    private func sealed(_ loaded: Loaded, with key: SealingKey?) throws -> ResolvedBundle {
        guard let key else { return loaded.bundle }
        return try SecretSealer(key: key, source: loaded.secrets).seal(loaded.bundle)
    }

    private func target(
        _ loaded: Loaded,
        _ bundle: ResolvedBundle,
        archive: Digest,
        resolved: Digest,
        version: String
    ) -> Target {
        var target = Target.apply(
            bundle,
            archive: archive,
            resolved: resolved,
            version: version,
            provenance: loaded.tree.provenance
        )
        target.environment = loaded.values.environment
        target.valueSources = loaded.values.sources.isEmpty ? nil : loaded.values.sources
        return target
    }
}
