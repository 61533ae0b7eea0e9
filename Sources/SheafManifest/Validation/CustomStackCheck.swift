internal import SheafModel

/// Holds each `stackSpec` against the JSON Schema that a stack of the same bundle brings.
struct CustomStackCheck {
    let stacks: CustomStacks

    /// Looks at every mapping of a manifest that names such a stack.
    func run(_ manifest: YAMLTree.NodeID, _ validator: KindValidator) {
        let tree = validator.tree
        var stack = [manifest]
        while let node = stack.popLast() {
            if let name = tree.value(node, "stack"), tree.isScalar(name), let spec = tree.entry(node, "stackSpec"),
                let custom = stacks.find(StackName(tree.text(name)))
            {
                validator.check(spec.value, key: spec.key.index, custom)
            }
            if tree.isScalar(node) { continue }
            stack += tree.isMapping(node) ? tree.entries(node).map(\.value) : Array(tree.elements(node))
        }
    }
}
