package import SheafModel

/// Resolves a bundle: reads every file that it names, finds every dependency, and puts everything in order.
///
/// What users got wrong is collected as diagnostics, all of it in one run; only files that cannot be read throw.
package struct BundleResolver {
    private let files: any BundleFiles

    /// Makes a resolver for the files of one bundle.
    package init(files: any BundleFiles) { self.files = files }

    /// Resolves the bundle.
    ///
    /// - Parameters:
    ///   - manifestPath: The bundle's manifest, from the root of the files.
    ///   - values: What its expressions are filled in with; without it they stay, as in an archive.
    /// - Returns: The bundle, or nil in its place with the errors that are in the way; equal files and values give
    ///   equal results.
    /// - Throws: `manifest.no-bundle` when there is no such manifest, and what the files throw.
    /// - Complexity: Linear in the size of the manifests, but for names that contradict each other or the written order.
    package func resolve(
        manifestPath: String = "bundle.yaml",
        values: ValueRequest? = nil
    ) throws -> Resolution {
        guard let path = FileLookup.normalise(manifestPath), let bytes = try files.read(path) else {
            throw ManifestError.noBundle(files.displayPath(manifestPath))
        }
        var valueLoader = values.map { ValueLoader(lookup: FileLookup(files: files), request: $0) }
        let scope = try valueLoader?.scope(ofManifest: path, bytes)
        var loader = ManifestLoader(files: files, scope: scope)
        if let valueLoader { loader.findings.append(valueLoader.findings) }
        var resolution = try resolve(bytes, path, loader)
        resolution.values.environment = values?.environment
        resolution.values.sources = valueLoader?.names ?? []
        // A file of values may be a file of the bundle too; both are the same text then.
        resolution.sources.merge(valueLoader?.sources ?? [:]) { first, _ in first }
        return resolution
    }

    private func resolve(_ bytes: [UInt8], _ path: String, _ loader: ManifestLoader) throws -> Resolution {
        var loader = loader
        guard let bundle = loader.load(bytes, path: path), isBundle(bundle, &loader) else {
            return Resolution(
                bundle: nil,
                diagnostics: loader.diagnostics,
                sources: loader.sources,
                values: loader.expressions.report
            )
        }
        var bundles = BundleLoader(loader: loader)
        try bundles.load(bundle, prefix: "", outer: [], files: [path])
        if !bundles.hasTooMany {
            checkIdentities(bundles.items, &bundles.loader.findings)
        }
        return try finish(bundle, bundles)
    }

    private func isBundle(_ manifest: ReadManifest, _ loader: inout ManifestLoader) -> Bool {
        if manifest.kind == .bundle { return true }
        let type = manifest.node["type"]
        loader.findings.report(
            .notABundle,
            "a bundle is expected here, this is a \(type?.text ?? "manifest")",
            at: type?.span ?? manifest.place,
            help: "name the bundle's manifest with -f"
        )
        return false
    }

    private func checkIdentities(_ items: [LoadedItem], _ findings: inout Findings) {
        var first: [ResourceID: LoadedItem] = [:]
        for item in items {
            guard let earlier = first[item.id] else {
                first[item.id] = item
                continue
            }
            // An item that is defined twice is reported as that.
            if earlier.path == item.path { continue }
            findings.report(
                .duplicateResource,
                "'\(item.path)' and '\(earlier.path)' both define \(item.id)",
                at: item.place,
                help: "rename one of the two, or put it into another workspace",
                related: [.init(message: "first defined here", span: earlier.place)]
            )
        }
    }

    private func finish(_ bundle: ReadManifest, _ bundles: BundleLoader) throws -> Resolution {
        var collector = AttachmentCollector(loader: bundles.loader)
        let references = ReferenceCollector(items: bundles.items)
        let ids = Dictionary(bundles.items.map { ($0.path, $0.id) }, uniquingKeysWith: { first, _ in first })
        var links: [ResourceID: [ResourceLink]] = [:]
        var resources: [ResolvedResource] = []
        resources.reserveCapacity(bundles.items.count)
        for var item in bundles.items {
            let named = references.links(of: item)
            links[item.id] =
                item.needs.compactMap { need in
                    ids[need.item].map { ResourceLink(resource: $0, origin: need.origin) }
                } + named
            var seen: Set<ResourceID> = []
            let attachments = try collector.collect(&item.manifest)
            resources.append(
                ResolvedResource(
                    id: item.id,
                    item: item.path,
                    manifest: item.manifest.node.json,
                    dependencies: dependencies(of: item, ids),
                    references: named.map(\.resource).filter { seen.insert($0).inserted },
                    attachments: attachments,
                    snapshot: item.snapshot,
                    readiness: item.readiness
                )
            )
        }
        SecretPlaceCheck.run(bundles.items, resources, &collector.loader.findings)
        collector.loader.expressions.reportUnusedSettings()
        let diagnostics = collector.loader.diagnostics
        var resolution = Resolution(
            bundle: nil,
            diagnostics: diagnostics,
            literalSecrets: LiteralSecretCheck.findings(in: bundles.items),
            contents: collector.contents,
            sources: collector.loader.sources,
            links: links,
            values: collector.loader.expressions.report
        )
        guard !diagnostics.hasErrors, let name = bundle.name else { return resolution }
        let order = ResourceOrder(resources)
        resolution.bundle = ResolvedBundle(
            name: name,
            manifest: bundle.node.withoutBundleResources.json,
            workspaces: bundles.workspaces,
            resources: order.resources,
            waves: order.waves
        )
        return resolution
    }

    private func dependencies(of item: LoadedItem, _ ids: [String: ResourceID]) -> [Dependency] {
        var seen: Set<Dependency> = []
        return item.needs.compactMap { need in
            ids[need.item].map { Dependency(resource: $0, status: need.status, runtime: need.runtime) }
        }.filter { seen.insert($0).inserted }
    }
}
