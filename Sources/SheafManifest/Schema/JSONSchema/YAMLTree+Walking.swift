/// Steps over the nodes of a tree that copy nothing, for what walks all of them.
extension YAMLTree {
    /// The index of a collection's first node, which is its end when it has none.
    @inline(__always) func firstChild(_ id: NodeID) -> Int32 { id.index + 1 }

    /// The index of the node behind a node and its content.
    @inline(__always) func end(_ index: Int32) -> Int32 { nodes[Int(index)].next }

    @inline(__always) func end(_ id: NodeID) -> Int32 { nodes[Int(id.index)].next }

    @inline(__always) func symbol(_ index: Int32) -> Int32 { nodes[Int(index)].symbol }

    @inline(__always) func kind(_ id: NodeID) -> Kind { nodes[Int(id.index)].kind }
}

extension YAMLTree.NodeID {
    @inline(__always) init(at index: Int32) { self.init(Int(index)) }
}

extension YAMLTree {
    /// The number of bytes of a scalar's text.
    func count(ofText id: NodeID) -> Int { nodes[Int(id.index)].kind == .scalar ? Int(nodes[Int(id.index)].count) : 0 }

    /// The value of a mapping's key, as `value(_:_:)` finds it, without a copy of anything.
    func find(_ id: NodeID, _ key: String) -> NodeID? {
        let wanted = symbol(named: key)
        guard wanted >= 0, kind(id) == .mapping else { return nil }
        var child = firstChild(id)
        let end = end(id)
        while child < end {
            let value = self.end(child)
            if symbol(child) == wanted { return NodeID(at: value) }
            child = self.end(value)
        }
        return nil
    }

    /// The first byte of a node.
    func start(_ id: NodeID) -> UInt32 { nodes[Int(id.index)].start }

    /// The symbol of a key by its text, -1 when no key of the tree has it.
    func symbol(named name: String) -> Int32 { symbols.find(name)?.number ?? -1 }
}
