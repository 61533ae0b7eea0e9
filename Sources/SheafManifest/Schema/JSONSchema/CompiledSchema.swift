/// A schema with everything that it refers to, ready to be held against trees.
package struct CompiledSchema: Sendable {
    let nodes: [SchemaNode]
    let root: Int32
    let documents: [SchemaRegistry.Document]
    /// For each part with an identity of its own, its dynamic anchors.
    let dynamicAnchors: [[String: Int32]]
    /// The names of all keys that are mentioned.
    let keyTable: KeyTable

    init(
        nodes: [SchemaNode],
        root: Int32,
        documents: [SchemaRegistry.Document],
        dynamicAnchors: [[String: Int32]],
        keyNames: [String]
    ) {
        self.nodes = nodes
        self.root = root
        self.documents = documents
        self.dynamicAnchors = dynamicAnchors
        keyTable = KeyTable(keyNames)
    }

    /// The names of all keys that are mentioned.
    var keyNames: [String] { keyTable.names }

    /// The schema that a place of one of the documents was compiled to.
    subscript(index: Int32) -> SchemaNode { _read { yield nodes[Int(index)] } }

    /// Where a schema stands, as a JSON pointer into its document.
    func pointer(_ index: Int32) -> String {
        let place = nodes[Int(index)].place
        let document = documents[Int(place.document)]
        return document.tree.pointer(from: document.root, to: place.node)
    }
}

extension YAMLTree {
    /// The way from one node to another below it, as a JSON pointer.
    func pointer(from root: NodeID, to node: NodeID) -> String {
        var text = ""
        var current = root
        while current != node, kind(current) != .scalar {
            var child = firstChild(current)
            var number = 0
            let isMapping = kind(current) == .mapping
            while child < end(current) {
                let value = isMapping ? end(child) : child
                if node.index < end(value) {
                    let name = isMapping ? self.text(NodeID(at: child)) : String(number)
                    text += "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
                    break
                }
                child = end(value)
                number += 1
            }
            let next = isMapping ? end(child) : child
            guard child < end(current), node.index >= next else { return text }
            current = NodeID(at: next)
        }
        return text
    }
}
