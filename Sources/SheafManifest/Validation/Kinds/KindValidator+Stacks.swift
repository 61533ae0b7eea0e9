internal import SheafModel

/// The parameters of stacks.
extension KindValidator {
    /// Holds a `stackSpec` against what its stack describes; the owner has the keys `stack` and `stackSpec`.
    func visitStackSpec(
        _ index: Int32,
        _ value: YAMLTree.NodeID,
        key: Int32,
        _ owner: YAMLTree.NodeID,
        _ object: ShapeObject,
        _ state: State
    ) {
        let general = state.set[index]
        guard let named = stackNode(owner, object, state), let name = tree.withText(named, { StackName.bytes($0) })
        else { return checkGeneral(general, value, key: key) }
        // A stack of the bundle itself is checked by what it says.
        if !stacks.isEmpty, stacks.find(StackName(tree.text(named))) != nil { return }
        guard let set = ShapeLibrary.shared.stack(name) else { return checkGeneral(general, value, key: key) }
        if let info = set.stack, info.oldNames.contains(name), let current = info.names.first {
            report(
                .deprecatedKey,
                "the stack '\(name)' is an older form of '\(current)'",
                at: self.tree.span(named),
                help: "write 'stack: \(current)'"
            )
        }
        if let instead = set.stack?.deprecated {
            report(.deprecatedKey, "the stack '\(name)' is deprecated", at: self.tree.span(named), help: instead)
        }
        let (outerLimit, outerLevels) = (limit, levels)
        limit(to: set.stack?.severity)
        levels = []
        visit(set.root, value, key: key, self.state(set))
        levels = outerLevels
        limit(to: outerLimit)
    }

    private func stackNode(_ owner: YAMLTree.NodeID, _ object: ShapeObject, _ state: State) -> YAMLTree.NodeID? {
        let slot = object.slot(named: "stack")
        var child = tree.firstChild(owner)
        while child < tree.end(owner) {
            let value = tree.end(child)
            if object.slot(state.number(tree.symbol(child), tree)) == slot {
                let node = YAMLTree.NodeID(at: value)
                return tree.kind(node) == .scalar ? node : nil
            }
            child = tree.end(value)
        }
        return nil
    }

    private func checkGeneral(_ shape: Shape, _ value: YAMLTree.NodeID, key: Int32) {
        if tree.kind(value) == .scalar, !isAcceptedPlaceholder(value) { wrong(shape, value, key: key) }
    }

    /// Holds a `stackSpec` against the JSON Schema that a stack of the same bundle brings.
    func check(_ value: YAMLTree.NodeID, key: Int32, _ stack: CustomStacks.Stack) {
        guard let schema = stack.schema, !tree.isNull(value) else { return }
        for violation in SchemaEvaluator.violations(of: schema, in: tree, at: value) {
            if tree.isScalar(violation.node), mode == .draft, tree.withText(violation.node, PlaceholderBytes.occurs) {
                continue
            }
            let path = path(violation.node)
            let code: ManifestCode =
                switch violation.keyword {
                case "type": .wrongType
                case "required", "dependentRequired": .missingKey
                case "additionalProperties", "unevaluatedProperties": .unknownKey
                default: .invalidValue
                }
            report(
                code,
                "'\(path)' \(violation.message), says the stack '\(stack.name)'",
                at: violation.node == value ? self.place(value, key) : self.tree.span(violation.node).firstLine,
                severity: .warning,
                help: Suggestion.help(for: self.tree.text(violation.node), among: violation.candidates)
            )
        }
    }
}
