internal import SheafModel

/// Finds the resources that a manifest names, in the bundle or not.
struct ReferenceCollector {
    private let known: Set<ResourceID>
    /// The stacks of the bundle, with what workloads call them.
    private let stacks: [(id: ResourceID, name: String, flavor: String?, version: String?)]

    init(items: [LoadedItem]) {
        known = Set(items.map(\.id))
        stacks = items.filter { $0.id.kind == .stack }.compactMap { item in
            guard let section = item.manifest.section?.value, let name = section["name"]?.text else { return nil }
            return (item.id, name, section["flavor"]?.text, section["version"]?.text)
        }
    }

    /// The references of one item, in the order of its manifest, each once.
    func references(of item: LoadedItem) -> [ResourceID] {
        var found: [ResourceID] = []
        switch item.id.kind {
        case .service, .worker, .workflow:
            for workload in item.manifest.workloads { collect(workload, item.id.workspace, &found) }
        case .depot: collectDepot(item.manifest.section?.value, &found)
        default:
            if let compute = item.manifest.section?.value["compute"]?.text { found.append(.compute(compute)) }
            if let section = item.manifest.section?.value { collectAddresses(section, &found) }
        }
        var seen: Set<ResourceID> = [item.id]
        return found.filter { seen.insert($0).inserted }
    }

    private func collect(_ workload: ManifestNode, _ workspace: String?, _ found: inout [ResourceID]) {
        for entry in workload.entries ?? [] {
            let value = entry.value
            switch entry.key {
            case "stack": if let text = value.text { found.append(stack(text)) }
            case "compute": if let text = value.text { found.append(.compute(text)) }
            case "dataosSecrets": for use in value.elements ?? [] { found += secret(use, workspace) }
            case "tempVolume": if let text = value.text { found.append(.volume(text, workspace)) }
            case "persistentVolume": if let name = value["name"]?.text { found.append(.volume(name, workspace)) }
            case "dataosVolumes":
                found += (value.elements ?? []).compactMap { $0["name"]?.text }.map { .volume($0, workspace) }
            case "stackSpec":
                collectAddresses(value, &found)
                // The scanner names its depot without an address.
                if let name = value["depot"]?.text, known.contains(.depot(name)) { found.append(.depot(name)) }
            case "envs": collectAddresses(value, &found)
            default: break
            }
        }
    }

    private func collectDepot(_ depot: ManifestNode?, _ found: inout [ResourceID]) {
        if let compute = depot?["compute"]?.text { found.append(.compute(compute)) }
        for use in (depot?["secrets"]?.elements ?? []) + (depot?["dataosSecrets"]?.elements ?? []) {
            found += secret(use, nil)
        }
    }

    /// A secret of the given workspace; without one the workload's, where the bundle has it, else the instance's.
    private func secret(_ use: ManifestNode, _ workspace: String?) -> [ResourceID] {
        guard let name = use["name"]?.text else { return [] }
        if let given = use["workspace"]?.text {
            return [ResourceID(kind: .secret, workspace: given, name: name)]
        }
        if let workspace {
            let own = ResourceID(kind: .secret, workspace: workspace, name: name)
            if known.contains(own) { return [own] }
        }
        return [ResourceID(kind: .instanceSecret, workspace: nil, name: name)]
    }

    /// The bundle's own stack of that name, else the one that is registered under it.
    private func stack(_ reference: String) -> ResourceID {
        let version = reference.split(separator: ":").dropFirst().first.map(String.init)
        let base = reference.prefix { $0 != ":" }
        let flavor = base.split(separator: "+").dropFirst().first.map(String.init)
        let name = String(base.prefix { $0 != "+" })
        let own = stacks.first {
            $0.name == name && (flavor == nil || $0.flavor == flavor) && (version == nil || $0.version == version)
        }
        return own?.id ?? ResourceID(kind: .stack, workspace: nil, name: name)
    }

    /// Depots that are named by an address such as `dataos://lakehouse:retail/customer`.
    private func collectAddresses(_ node: ManifestNode, _ found: inout [ResourceID]) {
        switch node.content {
        case .sequence(let elements): for element in elements { collectAddresses(element, &found) }
        case .mapping(let entries): for entry in entries { collectAddresses(entry.value, &found) }
        case .scalar(let scalar):
            let scheme = "dataos://"
            guard scalar.text.hasPrefix(scheme) else { return }
            let name = scalar.text.dropFirst(scheme.count).prefix { $0 != ":" && $0 != "/" && $0 != "?" }
            let isName = !name.isEmpty && name.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "$") }
            if isName { found.append(.depot(String(name))) }
        }
    }
}

extension ResourceID {
    fileprivate static func compute(_ name: String) -> ResourceID {
        ResourceID(kind: .compute, workspace: nil, name: name)
    }

    fileprivate static func depot(_ name: String) -> ResourceID {
        ResourceID(kind: .depot, workspace: nil, name: name)
    }

    fileprivate static func volume(_ name: String, _ workspace: String?) -> ResourceID {
        ResourceID(kind: .volume, workspace: workspace, name: name)
    }
}
