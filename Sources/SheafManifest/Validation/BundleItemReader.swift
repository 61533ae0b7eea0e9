internal import SheafModel

/// Reads the items of a bundle from its tree.
struct BundleItemReader {
    private let validator: KindValidator
    private let state: KindValidator.State
    private let item: Shape
    private let condition: Shape?
    private let idSlot: Int
    private let workspaceSlot: Int
    private let specSlot: Int
    private let fileSlot: Int
    private let dependenciesSlot: Int
    private let conditionsSlot: Int

    init(_ validator: KindValidator, _ state: KindValidator.State, _ item: Shape) {
        self.validator = validator
        self.state = state
        self.item = item
        let slot: (String) -> Int = { item.object?.slot(named: $0) ?? -1 }
        idSlot = slot("id")
        workspaceSlot = slot("workspace")
        specSlot = slot("spec")
        fileSlot = slot("file")
        dependenciesSlot = slot("dependencies")
        conditionsSlot = slot("dependencyConditions")
        condition = item.object.flatMap { object in
            let slot = object.slot(named: "dependencyConditions")
            guard slot >= 0, object.rules.children[slot] >= 0,
                let items = state.set[object.rules.children[slot]].elements?.items, items >= 0
            else { return nil }
            return state.set[items]
        }
    }

    /// The item at a node; nil for one without an id.
    func read(_ node: YAMLTree.NodeID) -> BundleItem? {
        guard let id = name(node, idSlot) else { return nil }
        let spec = validator.member(node, specSlot, item, state)?.member.value
        var seen: Set<String> = []
        var dependencies = names(node, dependenciesSlot, item)
        if dependencies.count > 1 { dependencies = dependencies.filter { seen.insert($0.text).inserted } }
        return BundleItem(
            id: id,
            workspace: name(node, workspaceSlot),
            spec: spec.flatMap { validator.tree.isMapping($0) ? $0 : nil },
            file: name(node, fileSlot),
            dependencies: dependencies,
            conditions: conditions(node)
        )
    }

    private func name(_ node: YAMLTree.NodeID, _ slot: Int) -> DependencyCheck.Name? {
        guard let value = validator.member(node, slot, item, state)?.member.value, validator.tree.isScalar(value)
        else { return nil }
        return .init(validator.shared, value)
    }

    private func names(_ node: YAMLTree.NodeID, _ slot: Int, _ shape: Shape) -> [DependencyCheck.Name] {
        validator.member(node, slot, shape, state).map { validator.names($0.member.value) } ?? []
    }

    private func conditions(_ node: YAMLTree.NodeID) -> [BundleItem.Condition] {
        guard let condition, let list = validator.member(node, conditionsSlot, item, state) else { return [] }
        return validator.elements(list.member.value).compactMap { element in
            guard let id = validator.member(element, "resourceId", condition, state)?.member.value,
                validator.tree.isScalar(id)
            else { return nil }
            return BundleItem.Condition(
                item: .init(validator.shared, id),
                status: test(element, "status", condition),
                runtime: test(element, "runtime", condition)
            )
        }
    }

    private func test(_ node: YAMLTree.NodeID, _ key: String, _ shape: Shape) -> BundleItem.Test? {
        guard let (member, shape) = validator.member(node, key, shape, state) else { return nil }
        var words: [DependencyCheck.Name] = []
        var parts: [DependencyCheck.Name] = []
        if validator.tree.isMapping(member.value) {
            words = names(member.value, shape.object?.slot(named: "is") ?? -1, shape)
            parts = names(member.value, shape.object?.slot(named: "contains") ?? -1, shape)
        } else {
            // The shorthand: the words alone.
            words = validator.names(member.value)
        }
        return BundleItem.Test(
            test: StateTest(is: words.map(\.text), contains: parts.map(\.text)),
            key: validator.tree.span(member.key),
            words: words + parts
        )
    }
}

extension KindValidator {
    /// The texts of a list, or the only one, with their places.
    func names(_ id: YAMLTree.NodeID) -> [DependencyCheck.Name] {
        elements(id).compactMap { element in
            tree.isScalar(element) && !tree.isNull(element) ? DependencyCheck.Name(shared, element) : nil
        }
    }
}
