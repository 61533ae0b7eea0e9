internal import SheafModel

/// An item of a bundle as its normal form writes it.
struct BundleItem: Sendable {
    /// A test on the state of another item.
    struct Condition: Sendable {
        var item: DependencyCheck.Name
        var status: Test?
        var runtime: Test?
    }

    /// A test with its place and the places of its words.
    struct Test: Sendable {
        var test: StateTest
        var key: SourceSpan
        var words: [DependencyCheck.Name]
    }

    var id: DependencyCheck.Name
    var workspace: ManifestNode?
    var spec: ManifestNode?
    var file: ManifestNode?
    /// As written, each once.
    var dependencies: [DependencyCheck.Name]
    var conditions: [Condition]

    /// Ids of all items that this one needs, those of conditions last.
    var needs: [DependencyCheck.Name] {
        var seen: Set<String> = []
        return (dependencies + conditions.map(\.item)).filter { seen.insert($0.text).inserted }
    }

    /// The items of a bundle's normal section, without those that have no id.
    static func items(of section: ManifestNode?) -> [BundleItem] {
        (section?["resources"]?.elements ?? []).compactMap(BundleItem.init)
    }

    private init?(_ node: ManifestNode) {
        guard let id = node["id"]?.name else { return nil }
        self.id = id
        workspace = node["workspace"]
        spec = node["spec"]
        file = node["file"]
        var seen: Set<String> = []
        dependencies = (node["dependencies"]?.elements ?? []).compactMap(\.name)
            .filter { seen.insert($0.text).inserted }
        conditions = (node["dependencyConditions"]?.elements ?? []).compactMap { condition in
            guard let item = condition["resourceId"]?.name else { return nil }
            return Condition(
                item: item,
                status: Test(condition.entry("status")),
                runtime: Test(condition.entry("runtime"))
            )
        }
    }
}

extension BundleItem.Test {
    init?(_ entry: ManifestNode.Entry?) {
        guard let entry else { return nil }
        let words = (entry.value["is"]?.elements ?? []).compactMap(\.name)
        let parts = (entry.value["contains"]?.elements ?? []).compactMap(\.name)
        test = StateTest(is: words.map(\.text), contains: parts.map(\.text))
        key = entry.keySpan
        self.words = words + parts
    }
}

extension ManifestNode {
    /// A scalar's text with its place.
    var name: DependencyCheck.Name? { text.map { DependencyCheck.Name(text: $0, span: span) } }
}
