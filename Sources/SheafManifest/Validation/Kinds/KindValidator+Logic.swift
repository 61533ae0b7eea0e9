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
        let next = meets(logic.condition, id, state) ? logic.consequence : logic.alternative
        visit(next, id, key: key, state, isCondition: true)
    }

    /// Whether a value is what a condition asks for.
    ///
    /// A quoted number may stand where a number is wanted. But it is a text, and a condition asks what a value is.
    private func meets(_ condition: Int32, _ id: YAMLTree.NodeID, _ state: State) -> Bool {
        let types = state.set[condition].types
        if tree.isScalar(id), !types.isDisjoint(with: .scalars), !types.contains(.text), tree.scalarType(id) == .text {
            return false
        }
        return accepts(condition, id, state)
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
