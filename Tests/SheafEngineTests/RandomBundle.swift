import SheafModel
import SheafTestSupport

/// A bundle of random resources that can be changed at random and stays one that an apply accepts.
struct RandomBundle {
    private struct Item {
        var kind: ResourceKind
        var name: String
        /// Reaches what runs.
        var text = 0
        /// Reaches nothing.
        var owner = 0
        var port: Int64 = 0
        /// Names of earlier items.
        var needs: Set<String> = []
        var uses: Set<String> = []
    }

    private static let kinds: [ResourceKind] = [
        .worker, .worker, .service, .service, .workflow, .secret, .volume, .depot,
    ]

    private var items: [Item] = []
    private var made = 0
    private var freePorts: [Int64] = []

    /// Makes a bundle of 5 to 40 resources.
    init(using random: inout SeededRandom) {
        for _ in 0..<(5 + random.below(36)) { add(using: &random) }
    }

    /// The same with some resources added, changed and removed.
    func changed(using random: inout SeededRandom) -> RandomBundle {
        var bundle = self
        for _ in 0..<(1 + random.below(8)) {
            let place = random.below(bundle.items.count)
            switch random.below(6) {
            case 0: bundle.add(using: &random)
            case 1: bundle.remove(at: place)
            case 2 where bundle.items.indices.contains(place): bundle.items[place].owner += 1
            case 3 where bundle.items.indices.contains(place): bundle.rewire(at: place, using: &random)
            default: if bundle.items.indices.contains(place) { bundle.items[place].text += 1 }
            }
        }
        return bundle
    }

    private mutating func add(using random: inout SeededRandom) {
        var item = Item(kind: Self.kinds[random.below(Self.kinds.count)], name: "r\(made)")
        if item.kind == .service {
            item.port = random.below(2) == 0 ? freePorts.popLast() ?? 0 : 0
            if item.port == 0 { item.port = Int64(1000 + made) }
        }
        made += 1
        items.append(item)
        rewire(at: items.count - 1, using: &random)
    }

    private mutating func rewire(at place: Int, using random: inout SeededRandom) {
        let earlier = items[..<place]
        func some(_ names: [String]) -> Set<String> {
            names.isEmpty ? [] : Set((0..<random.below(3)).map { _ in names[random.below(names.count)] })
        }
        items[place].needs = some(earlier.map(\.name))
        let usable: Set<ResourceKind> = [.secret, .volume, .depot]
        let runs = items[place].kind.runsProcesses
        items[place].uses = runs ? some(earlier.filter { usable.contains($0.kind) }.map(\.name)) : []
    }

    private mutating func remove(at place: Int) {
        guard items.count > 1 else { return }
        let gone = items.remove(at: place)
        if gone.kind == .service { freePorts.append(gone.port) }
        for index in items.indices {
            items[index].needs.remove(gone.name)
            items[index].uses.remove(gone.name)
        }
    }

    /// As a resolver would give it.
    var resolved: ResolvedBundle {
        var ids: [String: ResourceID] = [:]
        var resources: [ResolvedResource] = []
        for item in items {
            let needs = item.needs.sorted().compactMap { ids[$0] }, uses = item.uses.sorted().compactMap { ids[$0] }
            let made = resource(item, needs: needs, uses: uses)
            ids[item.name] = made.id
            resources.append(made)
        }
        return BundleBuilder.bundle(resources)
    }

    private func resource(_ item: Item, needs: [ResourceID], uses: [ResourceID]) -> ResolvedResource {
        let text = JSONValue.string(String(item.text))
        let resource: ResolvedResource =
            switch item.kind {
            case .workflow: BundleBuilder.workflow(item.name, text: String(item.text), needs: needs, uses: uses)
            case .service:
                BundleBuilder.resource(
                    .service,
                    item.name,
                    section: ["servicePort": .integer(item.port), "text": text],
                    needs: needs,
                    uses: uses
                )
            case .secret:
                BundleBuilder.resource(.secret, item.name, section: ["data": .object(["k": text])], needs: needs)
            default: BundleBuilder.resource(item.kind, item.name, section: ["text": text], needs: needs, uses: uses)
            }
        return resource.owned(by: "user \(item.owner)")
    }
}
