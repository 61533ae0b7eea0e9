internal import SheafModel

/// Reads the items of a bundle and of the bundles in it, as one flat list.
struct BundleLoader {
    /// More items of inner bundles than this are refused: bundles in bundles can multiply without end.
    private static let innerLimit = 20_000

    var loader: ManifestLoader
    var items: [LoadedItem] = []
    private var innerCount = 0
    private(set) var workspaces: [ResolvedBundle.Workspace] = []

    init(loader: ManifestLoader) { self.loader = loader }

    /// Loads a bundle's items.
    ///
    /// - Parameters:
    ///   - bundle: The bundle's manifest.
    ///   - prefix: Empty, or the path of the item that the bundle is, with a slash.
    ///   - outer: What every item waits for, because the bundle itself does.
    ///   - files: The paths of the bundle manifests on the way here.
    /// - Returns: The paths of the bundle's own items.
    /// - Throws: What the bundle's files throw.
    @discardableResult
    mutating func load(
        _ bundle: ReadManifest,
        prefix: String,
        outer: [LoadedItem.Need],
        files: [String]
    ) throws -> [String] {
        addWorkspaces(of: bundle)
        let declared = bundle.items
        var loaded: [(item: BundleItem, manifest: ReadManifest, files: [String])] = []
        var facts: [String: BundleCheck.Facts] = [:]
        for item in declared {
            guard let (manifest, files) = try manifest(of: item, in: bundle, files) else { continue }
            loaded.append((item, manifest, files))
            facts[item.id.text] = BundleCheck.Facts(manifest)
        }
        BundleCheck(mode: .complete).run(declared, facts: facts, &loader.findings)
        var paths: [String] = []
        for (item, manifest, files) in loaded where !hasTooMany {
            let needs = outer + Self.needs(of: item, prefix: prefix)
            let manifest = manifest.acting(as: bundle.section?.value["manageAsUser"])
            paths.append(prefix + item.id.text)
            try add(item, manifest, path: prefix + item.id.text, needs: needs, files: files)
        }
        takeRules(of: bundle, paths: Set(paths))
        takeReadinessRules(of: bundle, prefix: prefix, paths: Set(paths))
        if hasTooMany {
            loader.findings.report(
                .tooLarge,
                "the bundles in the bundle have more than \(Self.innerLimit) items",
                at: bundle.place
            )
        }
        return paths
    }

    /// Gives the volumes and services of a bundle what its properties ask for; those of inner bundles have their own.
    private mutating func takeRules(of bundle: ReadManifest, paths: Set<String>) {
        guard let properties = bundle.section?.value["properties"] else { return }
        let json = properties.json
        let volumes = take(\.snapshot, for: .volume, in: paths) { SnapshotRule(in: json, ofVolume: $0) }
        for entry in properties[SnapshotRule.volumesProperty]?.entries ?? [] where !volumes.contains(entry.key) {
            reportUnknown(entry, "volume", "whose data could be copied aside", among: volumes)
        }
        let services = take(\.update, for: .service, in: paths) { UpdateRule(in: json, ofService: $0) }
        for entry in properties[UpdateRule.servicesProperty]?.entries ?? [] where !services.contains(entry.key) {
            reportUnknown(entry, "service", "that could be updated so", among: services)
        }
    }

    /// Gives each item of a kind its rule.
    ///
    /// - Returns: The names of the items.
    private mutating func take<Rule>(
        _ rule: WritableKeyPath<LoadedItem, Rule?>,
        for kind: ResourceKind,
        in paths: Set<String>,
        make: (String) -> Rule?
    ) -> [String] {
        items.indices.filter { items[$0].id.kind == kind && paths.contains(items[$0].path) }.map { index in
            let name = items[index].id.name
            items[index][keyPath: rule] = make(name)
            return name
        }
    }

    private mutating func reportUnknown(
        _ entry: ManifestNode.Entry,
        _ kind: String,
        _ purpose: String,
        among names: [String]
    ) {
        loader.findings.report(
            .invalidValue,
            "the bundle has no \(kind) '\(entry.key)' \(purpose)",
            at: entry.keySpan,
            help: Suggestion.help(for: entry.key, among: names)
                ?? (names.isEmpty ? nil : "its \(kind)s are \(names.joined(separator: ", "))")
        )
    }

    /// Whether reading ended early.
    var hasTooMany: Bool { innerCount >= Self.innerLimit }

    private mutating func add(
        _ item: BundleItem,
        _ manifest: ReadManifest,
        path: String,
        needs: [LoadedItem.Need],
        files: [String]
    ) throws {
        guard let kind = manifest.kind, let name = manifest.name else { return }
        let workspace = WorkspaceRule.workspace(of: kind, own: manifest.workspace, item: item, &loader.findings)
        let id = ResourceID(kind: kind, workspace: workspace?.text, name: name)
        var manifest = manifest
        var needs = needs
        if let workspace {
            manifest.node = manifest.node.setting(
                "workspace",
                to: ManifestNode(text: workspace.text, span: workspace.span)
            )
        }
        if kind == .bundle {
            let outer = needs.map { LoadedItem.Need($0, origin: .inherited) }
            let inner = try load(manifest, prefix: path + "/", outer: outer, files: files)
            // The bundle is there when all of its items are.
            needs += inner.map { LoadedItem.Need(item: $0, origin: .contained) }
            manifest.node = manifest.node.withoutBundleResources
        }
        if kind == .workflow {
            var flattener = WorkflowFlattener()
            manifest.node = try flattener.flatten(manifest, file: files.last ?? "", &loader)
        }
        if path.contains("/") { innerCount += 1 }
        items.append(LoadedItem(path: path, place: item.id.span, id: id, manifest: manifest, needs: needs))
    }

    /// Reads the manifest of an item, with the manifests on the way to it when it is a bundle.
    private mutating func manifest(
        of item: BundleItem,
        in bundle: ReadManifest,
        _ files: [String]
    ) throws -> (ReadManifest, [String])? {
        if let spec = item.spec {
            return loader.read(ManifestSource(tree: bundle.source.tree, node: spec)).map { ($0, files) }
        }
        guard let file = item.file else { return nil }
        let name = ManifestNode(text: file.text, span: file.span)
        guard let (path, bytes) = try loader.find(name) else { return nil }
        if let start = files.firstIndex(of: path) {
            let cycle = (files[start...] + [path]).map(loader.lookup.files.displayPath)
            loader.findings.report(
                .bundleRecursion,
                "the bundle holds itself: \(cycle.joined(separator: " -> "))",
                at: file.span,
                help: "remove this item"
            )
            return nil
        }
        return loader.load(bytes, path: path).map { ($0, files + [path]) }
    }

    /// One need for each condition, and one without a test for each dependency that has no condition.
    private static func needs(of item: BundleItem, prefix: String) -> [LoadedItem.Need] {
        item.needs.flatMap { other -> [LoadedItem.Need] in
            let conditions = item.conditions.filter { $0.item.text == other.text }
            if conditions.isEmpty { return [LoadedItem.Need(item: prefix + other.text)] }
            return conditions.map {
                LoadedItem.Need(item: prefix + other.text, status: $0.status?.test, runtime: $0.runtime?.test)
            }
        }
    }

    private mutating func addWorkspaces(of bundle: ReadManifest) {
        for workspace in bundle.section?.value["workspaces"]?.elements ?? [] {
            guard let name = workspace["name"]?.text, !workspaces.contains(where: { $0.name == name }) else { continue }
            workspaces.append(.init(name: name, description: workspace["description"]?.text))
        }
    }
}

extension ManifestNode {
    /// A bundle's manifest without its items, which are resources of their own.
    var withoutBundleResources: ManifestNode {
        let key = ResourceKind.bundle.sectionKey
        return self[key].map { setting(key, to: $0.removing("resources")) } ?? self
    }
}
