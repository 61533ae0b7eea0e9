internal import SheafModel

/// Looking keys up by what they mean, for the checks that are about more than one value.
extension KindValidator {
    /// A key and its value.
    struct Member {
        var key: YAMLTree.NodeID
        var value: YAMLTree.NodeID
    }

    /// The entry of a mapping that a slot stands for, in any spelling; nil without one, or where it has no value.
    func member(_ id: YAMLTree.NodeID, _ slot: Int, _ object: ShapeObject, _ state: State) -> Member? {
        guard slot >= 0, tree.kind(id) == .mapping else { return nil }
        var hasUnknown = false
        var child = tree.firstChild(id)
        let end = tree.end(id)
        while child < end {
            let value = tree.end(child)
            let found = object.slot(state.number(tree.symbol(child), tree))
            if found == slot { return filled(child, value) }
            if found < 0 { hasUnknown = true }
            child = tree.end(value)
        }
        guard hasUnknown else { return nil }
        child = tree.firstChild(id)
        while child < end {
            let value = tree.end(child)
            if object.nearMatch(tree.text(YAMLTree.NodeID(at: child)))?.slot == slot { return filled(child, value) }
            child = tree.end(value)
        }
        return nil
    }

    private func filled(_ key: Int32, _ value: Int32) -> Member? {
        let node = YAMLTree.NodeID(at: value)
        return tree.isNull(node) ? nil : Member(key: YAMLTree.NodeID(at: key), value: node)
    }

    /// The entry of a manifest by its slot.
    func member(of manifest: YAMLTree.NodeID, _ slot: Int, _ set: ShapeSet) -> Member? {
        set[set.root].object.flatMap { member(manifest, slot, $0, state(set)) }
    }

    /// The section of a manifest, with what describes it.
    func section(of manifest: YAMLTree.NodeID, _ set: ShapeSet) -> (member: Member, shape: Shape)? {
        guard set.sectionSlot >= 0, let object = set[set.root].object,
            let member = member(manifest, set.sectionSlot, object, state(set))
        else { return nil }
        let index = object.rules.children[set.sectionSlot]
        return index < 0 ? nil : (member, set[index])
    }

    /// The entry of a mapping by a property's name, with what describes its value.
    func member(
        _ id: YAMLTree.NodeID,
        _ name: String,
        _ shape: Shape,
        _ state: State
    ) -> (member: Member, shape: Shape)? {
        guard let object = shape.object else { return nil }
        return member(id, object.slot(named: name), shape, state)
    }

    /// The entry of a mapping by a slot, with what describes its value.
    func member(
        _ id: YAMLTree.NodeID,
        _ slot: Int,
        _ shape: Shape,
        _ state: State
    ) -> (member: Member, shape: Shape)? {
        guard slot >= 0, let object = shape.object, object.rules.children[slot] >= 0,
            let member = member(id, slot, object, state)
        else { return nil }
        return (member, state.set[object.rules.children[slot]])
    }

    /// A list's elements; a value that stands alone is its only element.
    func elements(_ id: YAMLTree.NodeID) -> [YAMLTree.NodeID] {
        guard tree.kind(id) == .sequence else { return [id] }
        var result: [YAMLTree.NodeID] = []
        result.reserveCapacity(tree.count(id))
        var child = tree.firstChild(id)
        while child < tree.end(id) {
            result.append(YAMLTree.NodeID(at: child))
            child = tree.end(child)
        }
        return result
    }
}
