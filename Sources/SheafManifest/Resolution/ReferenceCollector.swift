internal import SheafModel

/// Finds the resources that a manifest names, in the bundle or not.
struct ReferenceCollector {
    private let catalog: ReferenceCatalog

    init(items: [LoadedItem]) { catalog = ReferenceCatalog(items: items) }

    /// What one item names, in the order of its manifest; a resource once for each place that names it.
    func links(of item: LoadedItem) -> [ResourceLink] {
        guard let section = item.manifest.section else { return [] }
        var walk = ReferenceWalk(catalog: catalog, item: item.id)
        switch item.id.kind {
        // Their values are secret; a host in them is no reason to wait.
        case .secret, .instanceSecret: return []
        // What is in a stack's templates is for those who use it.
        case .stack: if let image = section.value["image"] { walk.read(image, at: [.key(section.key), .key("image")]) }
        default: walk.read(section.value, at: [.key(section.key)])
        }
        return walk.links
    }
}

/// What the resources of a bundle are called by those that use them.
struct ReferenceCatalog {
    private let known: Set<ResourceID>
    /// The stacks of the bundle, with what workloads call them.
    private let stacks: [(id: ResourceID, name: String, flavor: String?, version: String?)]
    /// Depots that a lakehouse makes.
    private let depotMakers: [String: ResourceID]
    private let clusters: [String: [ResourceID]]

    init(items: [LoadedItem]) {
        known = Set(items.map(\.id))
        stacks = items.filter { $0.id.kind == .stack }.compactMap { item in
            guard let section = item.manifest.section?.value, let name = section["name"]?.text else { return nil }
            return (item.id, name, section["flavor"]?.text, section["version"]?.text)
        }
        let makers = items.filter { $0.id.kind == .lakehouse }.map { item in
            let given = item.manifest.section?.value["iceberg"]?["storage"]?["depotName"]?.text
            return (given ?? "\(item.id.name)0\(item.id.workspace ?? "public")0storage", item.id)
        }
        depotMakers = Dictionary(makers, uniquingKeysWith: { first, _ in first })
        clusters = Dictionary(grouping: items.map(\.id).filter { $0.kind == .cluster }, by: \.name)
    }

    /// The resource, if it is in the bundle.
    func own(_ kind: ResourceKind, _ name: String, workspace: String? = nil) -> ResourceID? {
        let id = ResourceID(kind: kind, workspace: workspace, name: name)
        return known.contains(id) ? id : nil
    }

    /// The bundle's own stack of that name, else the one that is registered under it.
    func stack(_ reference: String) -> ResourceID? {
        let version = reference.split(separator: ":").dropFirst().first.map(String.init)
        let base = reference.prefix { $0 != ":" }
        let flavor = base.split(separator: "+").dropFirst().first.map(String.init)
        let name = String(base.prefix { $0 != "+" })
        guard ReferenceText.isName(name) else { return nil }
        let own = stacks.first {
            $0.name == name && (flavor == nil || $0.flavor == flavor) && (version == nil || $0.version == version)
        }
        return own?.id ?? ResourceID(kind: .stack, workspace: nil, name: name)
    }

    /// A secret of the given workspace; without one the user's, where the bundle has it, else the instance's.
    func secret(_ name: String, given: String?, workspace: String?) -> ResourceID {
        if let given { return ResourceID(kind: .secret, workspace: given, name: name) }
        let own = workspace.flatMap { self.own(.secret, name, workspace: $0) }
        return own ?? ResourceID(kind: .instanceSecret, workspace: nil, name: name)
    }

    /// The depot, or the lakehouse of the bundle that makes it.
    func depot(_ name: String) -> ResourceID {
        own(.depot, name) ?? depotMakers[name] ?? ResourceID(kind: .depot, workspace: nil, name: name)
    }

    /// A cluster of the bundle: that of the same workspace, else the only one of the name.
    func cluster(_ name: String, workspace: String?) -> ResourceID? {
        let all = clusters[name] ?? []
        return all.first { $0.workspace == workspace } ?? (all.count == 1 ? all.first : nil)
    }

    /// A service; one that is not in the bundle only where the host can be nothing else.
    func service(_ host: ReferenceText.Host, workspace: String?) -> ResourceID? {
        guard let place = host.workspace ?? workspace else { return nil }
        let id = ResourceID(kind: .service, workspace: place, name: host.service)
        return host.isQualified || known.contains(id) ? id : nil
    }
}
