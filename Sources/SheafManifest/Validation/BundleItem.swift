internal import SheafModel

/// An item of a bundle.
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
    var workspace: DependencyCheck.Name?
    /// The manifest of the item, where it stands in the bundle and is a mapping.
    var spec: YAMLTree.NodeID?
    var file: DependencyCheck.Name?
    /// As written, each once.
    var dependencies: [DependencyCheck.Name]
    var conditions: [Condition]

    /// Ids of all items that this one needs, those of conditions last.
    var needs: [DependencyCheck.Name] {
        var seen: Set<String> = []
        return (dependencies + conditions.map(\.item)).filter { seen.insert($0.text).inserted }
    }
}

extension BundleItem {
    /// The items of a bundle, without those that have no id.
    static func items(of bundle: CheckedManifest, _ validator: KindValidator) -> [BundleItem] {
        let state = validator.state(bundle.set)
        guard let section = validator.section(of: bundle.node, bundle.set),
            let resources = validator.member(section.member.value, "resources", section.shape, state),
            let items = resources.shape.elements?.items, items >= 0
        else { return [] }
        let reader = BundleItemReader(validator, state, state.set[items])
        return validator.elements(resources.member.value).compactMap(reader.read)
    }
}

extension ManifestNode {
    /// A scalar's text with its place.
    var name: DependencyCheck.Name? { text.map { DependencyCheck.Name(text: $0, span: span) } }
}
