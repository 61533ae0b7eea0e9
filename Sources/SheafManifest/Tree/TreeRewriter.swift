internal import SheafModel

/// Copies a tree with other values in the place of some scalars.
///
/// What is put in keeps the place of what it replaces, so that findings about it point into the file.
struct TreeRewriter {
    private let tree: YAMLTree
    private let replacements: [YAMLTree.NodeID: ManifestNode]
    private var copy: YAMLTree
    private var moved: [YAMLTree.NodeID: YAMLTree.NodeID] = [:]

    private init(_ tree: YAMLTree, _ replacements: [YAMLTree.NodeID: ManifestNode]) {
        self.tree = tree
        self.replacements = replacements
        copy = tree
        copy.nodes = []
        copy.nodes.reserveCapacity(tree.nodes.count)
        copy.documents = []
    }

    /// The tree with the replacements.
    ///
    /// - Parameters:
    ///   - replacements: By scalar; keys of mappings are no such scalars.
    ///   - tree: Stays as it is.
    /// - Returns: A tree of its own; node ids of the old one mean nothing in it.
    /// - Complexity: Linear in the size of both.
    static func replace(_ replacements: [YAMLTree.NodeID: ManifestNode], in tree: YAMLTree) -> YAMLTree {
        guard !replacements.isEmpty else { return tree }
        var rewriter = TreeRewriter(tree, replacements)
        var next = 0
        while next < tree.nodes.count {
            rewriter.add(next)
            next = Int(tree.nodes[next].next)
        }
        rewriter.copy.documents = tree.documents.compactMap { rewriter.moved[$0] }
        return rewriter.copy
    }

    private mutating func add(_ index: Int) {
        let id = YAMLTree.NodeID(index)
        let place = copy.nodes.count
        moved[id] = YAMLTree.NodeID(place)
        let node = tree.nodes[index]
        if let value = replacements[id] { return add(value, at: node) }
        copy.nodes.append(node)
        if node.kind != .scalar {
            var child = index + 1
            while child < Int(node.next) {
                add(child)
                child = Int(tree.nodes[child].next)
            }
        }
        copy.nodes[place].next = Int32(copy.nodes.count)
    }

    private mutating func add(_ value: ManifestNode, at old: YAMLTree.Node) {
        let place = copy.nodes.count
        switch value.content {
        case .scalar(let scalar): addScalar(scalar.text, isPlain: scalar.isPlainWhenRead, at: old)
        case .sequence(let elements):
            copy.nodes.append(.init(kind: .sequence, start: old.start, end: old.end, next: 0))
            for element in elements { add(element, at: old) }
            copy.nodes[place].count = UInt32(elements.count)
        case .mapping(let entries):
            copy.nodes.append(.init(kind: .mapping, start: old.start, end: old.end, next: 0))
            for entry in entries {
                let key = copy.nodes.count
                addScalar(entry.key, isPlain: false, at: old)
                copy.nodes[key].symbol = Array(entry.key.utf8).withUnsafeBufferPointer { copy.symbols.intern($0) }
                add(entry.value, at: old)
            }
            copy.nodes[place].count = UInt32(entries.count)
        }
        copy.nodes[place].next = Int32(copy.nodes.count)
    }

    private mutating func addScalar(_ text: String, isPlain: Bool, at old: YAMLTree.Node) {
        let start = copy.decoded.count
        copy.decoded.append(contentsOf: text.utf8)
        copy.nodes.append(
            YAMLTree.Node(
                kind: .scalar,
                style: isPlain ? .plain : .doubleQuoted,
                isDecoded: true,
                start: old.start,
                end: old.end,
                textStart: UInt32(start),
                count: UInt32(copy.decoded.count - start),
                next: Int32(copy.nodes.count + 1)
            )
        )
    }
}

extension ManifestNode.Scalar {
    /// Whether the text gives the value again when it is read without quotes.
    fileprivate var isPlainWhenRead: Bool { isPlain && ScalarResolver.resolve(text) == value }
}
