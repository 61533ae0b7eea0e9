internal import SheafModel

/// The keywords of a schema together with those of what it refers to; what stands first counts.
struct SchemaView {
    let documents: [SchemaRegistry.Document]
    let places: [SchemaPlace]

    private func tree(_ place: SchemaPlace) -> YAMLTree { documents[Int(place.document)].tree }

    private func find(_ keyword: String) -> (tree: YAMLTree, place: SchemaPlace)? {
        for place in places {
            if let node = tree(place).value(place.node, keyword) {
                return (tree(place), SchemaPlace(document: place.document, node: node))
            }
        }
        return nil
    }

    /// Where a keyword's value stands.
    func place(_ keyword: String) -> SchemaPlace? { find(keyword)?.place }

    func text(_ keyword: String) -> String? {
        find(keyword).flatMap { tree, place in tree.isScalar(place.node) ? tree.text(place.node) : nil }
    }

    func flag(_ keyword: String) -> Bool {
        find(keyword).map { tree, place in tree.scalarValue(place.node) } == .bool(true)
    }

    func number(_ keyword: String) -> DecimalNumber? {
        find(keyword).flatMap { tree, place in tree.isScalar(place.node) ? tree.number(place.node) : nil }
    }

    /// The texts of a list; a single text is a list of one.
    func texts(_ keyword: String) -> [String] {
        guard let (tree, place) = find(keyword) else { return [] }
        return tree.isScalar(place.node) ? [tree.text(place.node)] : tree.elements(place.node).map { tree.text($0) }
    }

    /// The texts of a mapping.
    func map(_ keyword: String) -> [String: String] {
        guard let (tree, place) = find(keyword) else { return [:] }
        let pairs = tree.entries(place.node).map { (tree.text($0.key), tree.text($0.value)) }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// The mappings of a list, as texts.
    func mappings(_ keyword: String) -> [[String: String]] {
        nodes(keyword).map { tree, node in
            let pairs = tree.entries(node).map { (tree.text($0.key), tree.text($0.value)) }
            return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        }
    }

    /// The elements of lists, of the schema itself and of all that it refers to.
    func nodes(_ keyword: String) -> [(YAMLTree, YAMLTree.NodeID)] {
        places.flatMap { place -> [(YAMLTree, YAMLTree.NodeID)] in
            let tree = tree(place)
            guard let node = tree.value(place.node, keyword) else { return [] }
            return tree.elements(node).map { (tree, $0) }
        }
    }

    /// The elements of lists as places.
    func places(_ keyword: String) -> [SchemaPlace] {
        places.flatMap { place -> [SchemaPlace] in
            let tree = tree(place)
            guard let node = tree.value(place.node, keyword) else { return [] }
            return tree.elements(node).map { SchemaPlace(document: place.document, node: $0) }
        }
    }

    /// The entries of mappings, of the schema itself and of all that it refers to, each name once.
    func entries(_ keyword: String) -> [(name: String, place: SchemaPlace)] {
        var seen: Set<String> = []
        return places.flatMap { place -> [(name: String, place: SchemaPlace)] in
            let tree = tree(place)
            guard let node = tree.value(place.node, keyword) else { return [] }
            return tree.entries(node).map { entry in
                (tree.text(entry.key), SchemaPlace(document: place.document, node: entry.value))
            }
        }.filter { seen.insert($0.name).inserted }
    }

    /// The one key that a schema requires, where it says nothing else.
    var onlyRequired: String? {
        guard let place = places.first, tree(place).count(place.node) == 1 else { return nil }
        let keys = texts("required")
        return keys.count == 1 ? keys.first : nil
    }

    /// Whether a place holds the schema that refuses everything.
    func isFalse(_ place: SchemaPlace) -> Bool {
        tree(place).isScalar(place.node) && tree(place).scalarValue(place.node) == .bool(false)
    }
}
