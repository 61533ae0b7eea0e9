internal import SheafModel

extension ManifestNode {
    /// Makes the value of a node of a tree.
    package init(_ tree: YAMLTree, _ id: YAMLTree.NodeID) {
        let span = tree.span(id)
        if tree.isMapping(id) {
            let entries = tree.entries(id).map { entry in
                Entry(
                    key: tree.text(entry.key),
                    keySpan: tree.span(entry.key),
                    value: ManifestNode(tree, entry.value)
                )
            }
            self.init(.mapping(entries), span: span)
        } else if tree.isSequence(id) {
            self.init(.sequence(tree.elements(id).map { ManifestNode(tree, $0) }), span: span)
        } else {
            let scalar = Scalar(value: tree.scalarValue(id), text: tree.text(id), isPlain: tree.style(id) == .plain)
            self.init(.scalar(scalar), span: span)
        }
    }
}
