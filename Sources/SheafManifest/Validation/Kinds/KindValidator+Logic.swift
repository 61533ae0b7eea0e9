internal import SheafModel

/// Conditions and alternatives.
extension KindValidator {
    func visitLogic(
        _ logic: LogicRules,
        _ shape: Shape,
        _ id: YAMLTree.NodeID,
        key: Int32,
        _ state: State
    ) {
        for child in logic.allOf { visit(child, id, key: key, state, isCondition: true) }
        if !logic.anyOf.isEmpty { visitAlternatives(logic.anyOf, shape, id, key: key, state) }
        if !logic.oneOf.isEmpty { visitAlternatives(logic.oneOf, shape, id, key: key, state) }
        if logic.not >= 0, accepts(logic.not, id, state) {
            report(
                .invalidValue,
                shape.words.message ?? "\(self.owner(id)) is not allowed as it is",
                at: self.place(id, key),
                help: shape.words.help
            )
        }
        guard logic.condition >= 0 else { return }
        let next = accepts(logic.condition, id, state) ? logic.consequence : logic.alternative
        visit(next, id, key: key, state, isCondition: true)
    }

    /// Reports what the nearest of the alternatives says, where none accepts the value.
    private func visitAlternatives(
        _ children: [Int32],
        _ shape: Shape,
        _ id: YAMLTree.NodeID,
        key: Int32,
        _ state: State
    ) {
        if children.contains(where: { accepts($0, id, state) }) { return }
        if tree.kind(id) == .scalar, silence == 0, isAcceptedPlaceholder(id) { return }
        if let message = shape.words.message {
            report(.invalidValue, message, at: self.place(id, key), help: shape.words.help)
            return
        }
        let fitting = children.filter { fits(state.set[$0], id) }
        let found = (fitting.isEmpty ? children : fitting).compactMap { attempt($0, id, key: key, state) }
        if let best = found.min(by: { $0.all.count < $1.all.count }) { report(best) }
    }

    private func fits(_ shape: Shape, _ id: YAMLTree.NodeID) -> Bool {
        switch tree.kind(id) {
        case .mapping: shape.types.contains(.object)
        case .sequence: shape.types.contains(.array)
        case .scalar: !shape.types.isDisjoint(with: .scalars)
        }
    }
}
