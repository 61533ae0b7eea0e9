internal import SheafModel

/// One pass over a manifest's section that notes what it names, and where.
struct ReferenceWalk {
    /// A step on the way to a value.
    enum Step {
        case key(String)
        case index(Int)
    }

    /// What the value of a key names.
    private enum Rule {
        case compute, stack, secret, volume, depot, cluster, `operator`, dataplane, source
        /// A service's host, as the whole text.
        case host
        /// Content of another program: only texts are looked at, and keys that mean the same everywhere.
        case free
        /// Words for people, or files.
        case nothing
    }

    private static let rules: [String: Rule] = [
        "compute": .compute, "stack": .stack, "dataosSecrets": .secret, "secrets": .secret, "secret": .secret,
        "dsnSecretRef": .secret, "imagePullSecret": .secret, "tempVolume": .volume, "persistentVolume": .volume,
        "dataosVolumes": .volume, "depot": .depot, "cluster": .cluster, "operator": .operator,
        "dataplane": .dataplane, "source": .source, "stackSpec": .free, "envs": .free, "environmentVars": .free,
        "properties": .free, "description": .nothing, "title": .nothing, "tags": .nothing, "topology": .nothing,
        "configs": .nothing, "connectionSecret": .nothing, "specSchema": .nothing,
    ]
    /// Those of the rules that hold in stacks' own parameters too.
    private static let freeKeys: Set<String> = ["depot", "cluster", "source", "imagePullSecret", "description"]

    let catalog: ReferenceCatalog
    let item: ResourceID
    private(set) var links: [ResourceLink] = []
    private var path: [Step] = []
    private var isFree = false

    init(catalog: ReferenceCatalog, item: ResourceID) {
        self.catalog = catalog
        self.item = item
    }

    /// Reads a value and everything in it.
    mutating func read(_ node: ManifestNode, at path: [Step]) {
        self.path = path
        isFree = item.kind == .resource && path.count > 1
        walk(node)
    }

    private mutating func walk(_ node: ManifestNode) {
        switch node.content {
        case .scalar: readText(node)
        case .sequence(let elements):
            for (index, element) in elements.enumerated() { step(.index(index)) { $0.walk(element) } }
        case .mapping(let entries):
            for entry in entries { step(.key(entry.key)) { $0.read(entry.value, of: entry.key) } }
        }
    }

    private mutating func step(_ step: Step, _ body: (inout ReferenceWalk) -> Void) {
        path.append(step)
        body(&self)
        path.removeLast()
    }

    private mutating func read(_ value: ManifestNode, of key: String) {
        switch rule(of: key) {
        case nil: walk(value)
        case .nothing: break
        case .free:
            let before = isFree
            isFree = true
            walk(value)
            isFree = before
        case .compute: name(value) { ResourceID(kind: .compute, workspace: nil, name: $1) }
        case .stack: if let id = value.text.flatMap(catalog.stack) { note(id) }
        case .secret: readUses(value) { $0.note($0.catalog.secret($1, given: $2, workspace: $0.item.workspace)) }
        case .volume:
            readUses(value) { walk, name, _ in
                walk.note(ResourceID(kind: .volume, workspace: walk.item.workspace, name: name))
            }
        case .depot:
            if value.text.map(ReferenceText.isName) == true {
                name(value) { $0.catalog.depot($1) }
            } else {
                walk(value)
            }
        case .cluster:
            if value.text != nil {
                name(value) { $0.catalog.cluster($1, workspace: $0.item.workspace) }
            } else {
                walk(value)
            }
        case .operator: name(value) { $0.catalog.own(.operator, $1) }
        case .dataplane: name(value) { $0.catalog.own(.dataplane, $1) }
        case .source: readSource(value)
        case .host:
            if let host = value.text.flatMap(ReferenceText.host) { note(host) } else { walk(value) }
        }
    }

    private func rule(of key: String) -> Rule? {
        if isFree, !Self.freeKeys.contains(key) { return key.lowercased().hasSuffix("host") ? .host : nil }
        switch key {
        // The word means a comparison elsewhere.
        case "operator" where item.kind != .resource: return nil
        case "dataplane" where item.kind != .compute: return nil
        default: return Self.rules[key] ?? (key.lowercased().hasSuffix("host") ? .host : nil)
        }
    }

    private mutating func name(_ value: ManifestNode, _ find: (inout ReferenceWalk, String) -> ResourceID?) {
        guard let text = value.text, ReferenceText.isName(text), let id = find(&self, text) else { return }
        note(id)
    }

    /// Reads a name, a mapping with a `name`, or a list of either.
    private mutating func readUses(
        _ value: ManifestNode,
        _ found: (inout ReferenceWalk, _ name: String, _ workspace: String?) -> Void
    ) {
        if let elements = value.elements {
            for (index, element) in elements.enumerated() { step(.index(index)) { $0.readUses(element, found) } }
        } else if let text = value.text {
            if ReferenceText.isName(text) { found(&self, text, nil) }
        } else if let text = value["name"]?.text, ReferenceText.isName(text) {
            let workspace = value["workspace"]?.text.flatMap { ReferenceText.isName($0) ? $0 : nil }
            step(.key("name")) { found(&$0, text, workspace) }
        }
    }

    /// Reads `{type: …, name: …}`: what a lens or an interface gets its data from.
    private mutating func readSource(_ value: ManifestNode) {
        guard let type = value["type"]?.text?.lowercased(), let text = value["name"]?.text, ReferenceText.isName(text)
        else { return walk(value) }
        let workspace = value["workspace"]?.text ?? item.workspace
        let id: ResourceID? =
            switch type {
            case "depot": catalog.depot(text)
            case "database": ResourceID(kind: .database, workspace: workspace, name: text)
            case "minerva", "themis", "trino": catalog.cluster(text, workspace: workspace)
            case "flash": catalog.own(.service, text, workspace: workspace)
            default: nil
            }
        if let id { step(.key("name")) { $0.note(id) } }
    }

    private mutating func readText(_ node: ManifestNode) {
        guard let text = node.text else { return }
        let read = ReferenceText(text)
        for name in read.depots { note(catalog.depot(name)) }
        for host in read.hosts { note(host) }
        if item.kind == .monitor, let id = Self.observed(text) { note(id) }
    }

    /// The resource that a report of the platform is about: `…?id=workflow:v1:load:public`.
    private static func observed(_ text: String) -> ResourceID? {
        guard text.hasPrefix("/collated/"), let query = text.split(separator: "?").dropFirst().first else { return nil }
        let value = query.split(separator: "&").first { $0.hasPrefix("id=") }?.dropFirst("id=".count)
        guard let parts = value?.split(separator: ":").map(String.init), parts.count == 3 || parts.count == 4,
            let kind = ResourceKind(rawValue: parts[0]), ReferenceText.isName(parts[2])
        else { return nil }
        return ResourceID(kind: kind, workspace: parts.count == 4 ? parts[3] : nil, name: parts[2])
    }

    private mutating func note(_ host: ReferenceText.Host) {
        if let id = catalog.service(host, workspace: item.workspace) { note(id) }
    }

    private mutating func note(_ id: ResourceID) {
        guard id != item else { return }
        let link = ResourceLink(resource: id, origin: .named(field: field))
        if links.last != link { links.append(link) }
    }

    /// Such as `service.dataosSecrets[0].name`.
    private var field: String {
        var text = ""
        for step in path {
            switch step {
            case .key(let key): text += text.isEmpty ? key : ".\(key)"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }
}
