internal import SheafModel

/// Words for keys that have no value, or no place where they stand.
extension KindValidator {
    /// Finds out what is meant by the keys of a mapping that could not be taken as they stand.
    func settle(
        _ object: ShapeObject,
        _ members: inout Members,
        _ id: YAMLTree.NodeID,
        _ state: State,
        _ isCondition: Bool,
        _ lifted: LiftedKeys?
    ) {
        if isCondition { return }
        for empty in members.emptyKeys {
            let children = outdented(from: empty, object, members.unknown, state)
            if !children.isEmpty {
                reportOutdented(empty, children, object)
                for child in children { visitMoved(child, empty.slot, object, state) }
                members.unknown.removeAll { children.contains($0) }
            } else if isRequired(empty.slot, object) {
                let path = path(YAMLTree.NodeID(at: empty.key))
                report(.missingKey, "'\(path)' has no value", at: self.tree.span(YAMLTree.NodeID(at: empty.key)))
            } else if !isGrouped(empty.slot, object) {
                reportEmpty(empty.key)
            }
        }
        if !members.unknown.isEmpty { strayKeyOwners.insert(id) }
        for key in members.unknown { settleUnknown(key, object, &members, state, lifted) }
    }

    private func isRequired(_ slot: Int, _ object: ShapeObject) -> Bool { object.rules.requiredSet.contains(slot) }

    /// `spec` and `file` without a value are reported together.
    private func isGrouped(_ slot: Int, _ object: ShapeObject) -> Bool {
        object.names[slot] == "file" && object.slot(named: "spec") >= 0
            || object.names[slot] == "spec" && object.slot(named: "file") >= 0
    }

    // MARK: Lost indentation

    /// The unknown keys behind an empty one that would be known below it.
    private func outdented(
        from empty: (slot: Int, key: Int32),
        _ object: ShapeObject,
        _ unknown: [Int32],
        _ state: State
    ) -> [Int32] {
        let child = innerObject(object.rules.children[empty.slot], state)
        return unknown.filter { key in
            guard key > empty.key else { return false }
            let name = tree.text(YAMLTree.NodeID(at: key))
            return object.lowered[name] == empty.slot || child?.exactMatch(name) != nil
        }
    }

    /// The mapping that a shape describes, or that its elements are.
    private func innerObject(_ index: Int32, _ state: State) -> ShapeObject? {
        guard index >= 0 else { return nil }
        let shape = state.set[index]
        if let object = shape.object { return object }
        guard let items = shape.elements?.items, items >= 0 else { return nil }
        return state.set[items].object
    }

    private func reportOutdented(
        _ empty: (slot: Int, key: Int32),
        _ children: [Int32],
        _ object: ShapeObject
    ) {
        let names = children.map { "'\(tree.text(YAMLTree.NodeID(at: $0)))'" }
        let isMoved = children.allSatisfy { object.lowered[tree.text(YAMLTree.NodeID(at: $0))] == empty.slot }
        report(
            .misplacedKey,
            "'\(self.tree.text(YAMLTree.NodeID(at: empty.key)))' is empty, and what belongs below it stands beside it: "
                + names.joined(separator: ", "),
            at: self.tree.span(YAMLTree.NodeID(at: empty.key)),
            severity: isMoved ? .warning : .error,
            help: "indent \(names.count == 1 ? "the line" : "the lines") below "
                + "'\(self.tree.text(YAMLTree.NodeID(at: empty.key))):'",
            related: children.map {
                .init(
                    message: "'\(self.tree.text(YAMLTree.NodeID(at: $0)))' stands here",
                    span: self.tree.span(YAMLTree.NodeID(at: $0))
                )
            }
        )
    }

    /// Looks at the value of a key as if it stood in a child, where it belongs.
    private func visitMoved(_ key: Int32, _ slot: Int, _ object: ShapeObject, _ state: State) {
        let value = YAMLTree.NodeID(at: tree.end(key))
        if tree.isNull(value) { return }
        guard let inner = innerObject(object.rules.children[slot], state),
            let match = inner.exactMatch(tree.text(YAMLTree.NodeID(at: key))), inner.rules.children[match.slot] >= 0
        else { return visitFree(value) }
        let lifted = inner.lifted[match.slot].map { LiftedKeys($0, inner) }
        visit(inner.rules.children[match.slot], value, key: key, state, lifted: lifted)
    }

    // MARK: Unknown keys

    private func settleUnknown(
        _ key: Int32,
        _ object: ShapeObject,
        _ members: inout Members,
        _ state: State,
        _ lifted: LiftedKeys?
    ) {
        let node = YAMLTree.NodeID(at: key)
        let value = YAMLTree.NodeID(at: tree.end(key))
        let name = tree.text(node)
        if let slot = object.lowered[name] {
            reportMoved(name, "below '\(object.names[slot])'", node)
            members.present.insert(slot)
            visitMoved(key, slot, object, state)
        } else if let lifted, let slot = lifted.slots[name] {
            let child = levels.last.map { $0.key >= 0 ? tree.text(YAMLTree.NodeID(at: $0.key)) : "" } ?? ""
            reportMoved(name, "beside '\(child)', not below it", node)
            guard slot >= 0 else { return }
            lifted.met.append(slot)
            if !tree.isNull(value) { visit(lifted.object.rules.children[slot], value, key: key, state) }
        } else if mode == .draft, PlaceholderText.occurs(in: name) {
            if tree.isNull(value) { reportEmpty(key) } else { visitFree(value) }
        } else {
            reportUnknown(name, node, object, state)
        }
    }

    private func reportMoved(_ name: String, _ place: String, _ key: YAMLTree.NodeID) {
        report(
            .misplacedKey,
            "'\(name)' belongs \(place)",
            at: self.tree.span(key),
            severity: .warning,
            help: "change the indentation"
        )
    }

    private func reportUnknown(
        _ name: String,
        _ key: YAMLTree.NodeID,
        _ object: ShapeObject,
        _ state: State
    ) {
        let owner = levels.last.flatMap { $0.key >= 0 ? YAMLTree.NodeID(at: $0.key) : nil }
        let isTop = levels.count == 1 && tree.path(from: root, to: key) == name
        let path = ownerPath(of: key)
        let position = isTop ? "at the top of a manifest" : "in '\(path)'"
        if let misplaced = object.misplaced(name) {
            report(
                .misplacedKey,
                "'\(name)' does not belong \(position)",
                at: self.tree.span(key),
                severity: misplaced.severity,
                help: misplaced.help
            )
        } else if let slot = homeBelow(name, key, object, state) {
            let help = "indent it below '\(object.names[slot]):'"
            report(.misplacedKey, "'\(name)' does not belong \(position)", at: self.tree.span(key), help: help)
            visitMoved(key.index, slot, object, state)
        } else if let help = homeAbove(name, owner) {
            report(.misplacedKey, "'\(name)' does not belong \(position)", at: self.tree.span(key), help: help)
        } else {
            let isSection = isTop && ShapeLibrary.shared.types.contains(name)
            let place = isTop ? "the top of a manifest" : "'\(path)'"
            report(
                .unknownKey,
                isSection
                    ? "'\(name)' is the section of another kind of manifest" : "\(place) has no key '\(name)'",
                at: self.tree.span(key),
                help: Suggestion.help(for: name, among: object.properties)
            )
        }
    }

    private func ownerPath(of key: YAMLTree.NodeID) -> String {
        let path = tree.path(from: root, to: key)
        let name = tree.text(key)
        return path.hasSuffix(".\(name)") ? String(path.dropLast(name.count + 1)) : path
    }

    /// The key here below which an unknown one would be known: the one before it, or the only one.
    private func homeBelow(
        _ name: String,
        _ key: YAMLTree.NodeID,
        _ object: ShapeObject,
        _ state: State
    ) -> Int? {
        let homes = object.rules.children.indices.filter { slot in
            slot < object.propertyCount
                && innerObject(object.rules.children[slot], state).map { $0.slot(named: name) >= 0 } == true
        }
        guard !homes.isEmpty else { return nil }
        let before = previousKey(key).map { tree.text($0) }
        return homes.first { object.names[$0] == before } ?? (homes.count == 1 ? homes.first : nil)
    }

    private func previousKey(_ key: YAMLTree.NodeID) -> YAMLTree.NodeID? {
        guard let owner = parent(ofKey: key.index) else { return nil }
        var last: YAMLTree.NodeID?
        for entry in tree.entries(owner) {
            if entry.key == key { break }
            last = entry.key
        }
        return last
    }

    /// The mapping around this one in which an unknown key would be known.
    private func homeAbove(_ name: String, _ owner: YAMLTree.NodeID?) -> String? {
        guard levels.count > 1 else { return nil }
        for (index, level) in levels.enumerated().dropLast().reversed() where level.object.slot(named: name) >= 0 {
            guard level.object.isClosed else { return nil }
            let below = levels[index + 1].key
            guard below >= 0 else { return nil }
            return "it belongs further left, beside '\(tree.text(YAMLTree.NodeID(at: below)))'"
        }
        return nil
    }
}
