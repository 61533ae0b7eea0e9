internal import SheafModel

/// The keys of mappings.
extension KindValidator {
    /// What was met in a mapping.
    struct Members {
        var present = KeySet()
        /// Slots of keys without a value.
        var empty = KeySet()
        var emptyKeys: [(slot: Int, key: Int32)] = []
        var unknown: [Int32] = []
        /// The parameters of a stack, which need the stack's name first.
        var stackSpec: (index: Int32, value: YAMLTree.NodeID, key: Int32)?

        /// Whether a key has a value.
        func has(_ slot: Int) -> Bool { present.contains(slot) && !empty.contains(slot) }
    }

    func visitObject(
        _ object: ShapeObject,
        _ shape: Shape,
        _ id: YAMLTree.NodeID,
        key: Int32,
        _ state: State,
        _ isCondition: Bool,
        _ lifted: LiftedKeys?
    ) {
        var members = Members()
        levels.append(Level(object: object, key: key))
        var child = tree.firstChild(id)
        let end = tree.end(id)
        while child < end {
            if isDecided { break }
            let value = tree.end(child)
            let number = state.number(tree.symbol(child), tree)
            let slot = object.slot(number)
            if slot >= 0 {
                let notice = object.notice(number)
                if notice != .same, !isCondition { reportSpelling(notice, slot, object, child, id) }
                take(slot, object, child, YAMLTree.NodeID(at: value), state, &members, isCondition)
            } else if !takeUnknown(object, child, YAMLTree.NodeID(at: value), state, &members, isCondition, lifted) {
                members.unknown.append(child)
            }
            child = tree.end(value)
        }
        if let spec = members.stackSpec { visitStackSpec(spec.index, spec.value, key: spec.key, id, object, state) }
        if !members.unknown.isEmpty || !members.emptyKeys.isEmpty {
            settle(object, &members, id, state, isCondition, lifted)
        }
        levels.removeLast()
        if isDecided { return }
        if !members.present.isSuperset(of: object.rules.requiredSet) { reportMissing(object, members, id, key: key) }
        if !isCondition, !members.present.isSuperset(of: object.advised) { advise(object, members, id, key: key) }
        for group in shape.groups {
            // A key that has to be mended may be the one that is missing.
            if shape.words.severity ?? .error != .error, hasStrayKey(id) { continue }
            check(group, object, members, shape, id, key: key)
        }
        if shape.comparesRequests { compareRequests(id, key: key) }
    }

    // MARK: One key

    private func take(
        _ slot: Int,
        _ object: ShapeObject,
        _ key: Int32,
        _ value: YAMLTree.NodeID,
        _ state: State,
        _ members: inout Members,
        _ isCondition: Bool
    ) {
        let index = object.rules.children[slot]
        if members.present.contains(slot), !isCondition {
            if !canMerge(index, value, state) { reportConflict(slot, object, key) }
        }
        members.present.insert(slot)
        guard !tree.isNull(value) else {
            members.empty.insert(slot)
            members.emptyKeys.append((slot, key))
            return
        }
        guard index >= 0 else { return }
        if state.set[index].role == .stackSpec {
            members.stackSpec = (index, value, key)
        } else if let slots = object.lifted[slot] {
            let lifted = LiftedKeys(slots, object)
            visit(index, value, key: key, state, lifted: lifted)
            for slot in lifted.met { members.present.insert(slot) }
        } else {
            visit(index, value, key: key, state, isCondition: isCondition)
        }
        if object.rules.names >= 0 { visit(object.rules.names, YAMLTree.NodeID(at: key), key: key, state) }
    }

    /// Lists under two spellings of a key are joined.
    private func canMerge(_ index: Int32, _ value: YAMLTree.NodeID, _ state: State) -> Bool {
        index >= 0 && state.set[index].elements != nil && tree.kind(value) == .sequence
    }

    /// Looks at a key that is not described as it stands.
    ///
    /// - Returns: False for one that has no place here; the caller finds words for it.
    private func takeUnknown(
        _ object: ShapeObject,
        _ key: Int32,
        _ value: YAMLTree.NodeID,
        _ state: State,
        _ members: inout Members,
        _ isCondition: Bool,
        _ lifted: LiftedKeys?
    ) -> Bool {
        let node = YAMLTree.NodeID(at: key)
        if object.rules.names >= 0 { visit(object.rules.names, node, key: key, state) }
        for pattern in object.rules.patterns where tree.withText(node, { pattern.pattern.matches($0) }) {
            if !tree.isNull(value) { visit(pattern.child, value, key: key, state) }
            return true
        }
        if isCondition, object.rules.additional < 0 { return !object.isClosed }
        let isNearlyOpen = object.propertyCount == 0 && object.lowered.isEmpty && lifted == nil
        if !isNearlyOpen {
            let name = tree.text(node)
            if let match = object.nearMatch(name), !isCondition {
                reportSpelling(match.notice, match.slot, object, key, nil)
                take(match.slot, object, key, value, state, &members, isCondition)
                return true
            }
            if object.lowered[name] != nil || lifted?.slots[name] != nil { return false }
        }
        if object.isClosed { return false }
        if tree.isNull(value) {
            if !object.takesEmptyValues, !isCondition { reportEmpty(key) }
        } else if object.rules.additional >= 0 {
            visit(object.rules.additional, value, key: key, state)
        } else if !isCondition {
            visitFree(value)
        }
        return true
    }

    func reportEmpty(_ key: Int32) {
        report(
            .emptyValue,
            "'\(self.path(YAMLTree.NodeID(at: key)))' has no value",
            at: self.tree.span(YAMLTree.NodeID(at: key)),
            help: "give it a value, or remove the line"
        )
    }

    // MARK: Spellings

    private func reportSpelling(
        _ notice: Shape.Notice,
        _ slot: Int,
        _ object: ShapeObject,
        _ key: Int32,
        _ owner: YAMLTree.NodeID?
    ) {
        let node = YAMLTree.NodeID(at: key)
        let name = object.names[slot]
        switch notice {
        case .same: break
        case .note, .slip:
            report(
                .keySpelling,
                "'\(self.tree.text(node))' is taken for '\(name)'",
                at: self.tree.span(node),
                severity: notice == .note ? .note : nil,
                help: "write '\(name)'",
                fix: self.renaming(node, to: name)
            )
        case .old:
            report(
                .deprecatedKey,
                "'\(self.tree.text(node))' is an older form of '\(name)'",
                at: self.tree.span(node),
                help: "write '\(name)'",
                related: owner.map { [.init(message: "in this mapping", span: self.place($0, -1))] } ?? [],
                fix: self.renaming(node, to: name)
            )
        }
    }

    /// The other spelling means the same, so that writing the right one changes nothing.
    private func renaming(_ key: YAMLTree.NodeID, to name: String) -> Diagnostic.Fix? {
        // An alias, or a value that was filled in, has its text elsewhere.
        guard tree.style(key) == .plain, tree.source.stands(tree.text(key), at: Int(tree.start(key)))
        else { return nil }
        return Diagnostic.Fix(title: "write '\(name)'", replacing: tree.span(key), by: name, isSafe: true)
    }

    private func reportConflict(_ slot: Int, _ object: ShapeObject, _ key: Int32) {
        let node = YAMLTree.NodeID(at: key)
        report(
            .conflictingKeys,
            "'\(object.names[slot])' is given twice, in two spellings",
            at: self.tree.span(node),
            help: "remove one of the two",
            related: self.firstSpelling(slot, object, before: key).map {
                [.init(message: "first defined here", span: self.tree.span($0))]
            } ?? []
        )
    }

    private func firstSpelling(_ slot: Int, _ object: ShapeObject, before key: Int32) -> YAMLTree.NodeID? {
        guard let owner = parent(ofKey: key) else { return nil }
        return tree.entries(owner).first { entry in
            entry.key.index < key
                && (object.exactMatch(tree.text(entry.key)) ?? object.nearMatch(tree.text(entry.key)))?.slot == slot
        }?.key
    }

    /// The mapping that a key stands in, found from the manifest.
    func parent(ofKey key: Int32) -> YAMLTree.NodeID? {
        var current = root
        while tree.kind(current) != .scalar {
            let isMapping = tree.kind(current) == .mapping
            var child = tree.firstChild(current)
            while child < tree.end(current) {
                if isMapping, child == key { return current }
                let value = isMapping ? tree.end(child) : child
                if key < tree.end(value) {
                    current = YAMLTree.NodeID(at: value)
                    break
                }
                child = tree.end(value)
            }
            guard child < tree.end(current) || current.index <= key else { return nil }
            if tree.end(current) <= key { return nil }
        }
        return nil
    }

    // MARK: What is missing

    private func reportMissing(_ object: ShapeObject, _ members: Members, _ id: YAMLTree.NodeID, key: Int32) {
        for slot in object.rules.required where !members.present.contains(slot) {
            let name = object.names[slot]
            report(
                .missingKey,
                "\(self.owner(id)) has no '\(name)'",
                at: self.place(id, key),
                help: "add '\(name): …'"
            )
        }
    }

    private func advise(_ object: ShapeObject, _ members: Members, _ id: YAMLTree.NodeID, key: Int32) {
        for advice in object.advice where !members.present.contains(advice.slot) {
            if advice.unless.contains(where: { members.has($0) }) { continue }
            report(
                .recommendedKey,
                "\(self.owner(id)) has no '\(object.names[advice.slot])'; \(advice.text)",
                at: self.place(id, key),
                severity: advice.isSuggestion ? .note : nil
            )
        }
    }

    /// Whether a mapping has a key that does not belong there, by the description that is looked at before this one.
    private func hasStrayKey(_ id: YAMLTree.NodeID) -> Bool {
        strayKeyOwners.contains(id)
    }

    func owner(_ id: YAMLTree.NodeID) -> String {
        let path = tree.path(from: root, to: id)
        return path.isEmpty ? "the manifest" : "'\(path)'"
    }

    private func check(
        _ group: Shape.Group,
        _ object: ShapeObject,
        _ members: Members,
        _ shape: Shape,
        _ id: YAMLTree.NodeID,
        key: Int32
    ) {
        let given = group.slots.filter { members.has($0) }
        let isFile = group.slots.map { object.names[$0] } == ["spec", "file"]
        let list = { group.slots.map { "'\(object.names[$0])'" } }
        if given.count > 1, group.isExclusive {
            let second = keyNode(of: given[1], object, id)
            report(
                isFile ? .specOrFile : .conflictingKeys,
                "\(self.owner(id)) has both '\(object.names[given[0]])' and '\(object.names[given[1]])'",
                at: second.map { self.tree.span($0) } ?? self.place(id, key),
                help: "keep exactly one of \(list().joined(separator: " or "))",
                related: [.init(message: "in this mapping", span: self.place(id, key))]
            )
        }
        guard given.isEmpty else { return }
        if let empty = members.emptyKeys.first(where: { group.slots.contains($0.slot) }) {
            report(
                isFile ? .emptyFile : .missingKey,
                "\(self.owner(id)) has no value for \(list().joined(separator: " or "))",
                at: self.tree.span(YAMLTree.NodeID(at: empty.key)),
                severity: isFile && mode == .draft ? .warning : nil,
                help: "give \(group.isExclusive ? "exactly" : "at least") one of \(list().joined(separator: " or "))"
            )
        } else {
            let words =
                isFile
                ? "\(owner(id)) has neither \(list().joined(separator: " nor "))"
                : "\(owner(id)) needs \(list().joined(separator: " or "))"
            report(
                isFile ? .specOrFile : .missingKey,
                shape.words.message ?? words,
                at: self.place(id, key),
                help: shape.words.help
                    ?? (isFile ? "give exactly one of \(list().joined(separator: " or "))" : nil)
            )
        }
    }

    private func keyNode(of slot: Int, _ object: ShapeObject, _ id: YAMLTree.NodeID) -> YAMLTree.NodeID? {
        tree.entries(id).first { entry in
            (object.exactMatch(tree.text(entry.key)) ?? object.nearMatch(tree.text(entry.key)))?.slot == slot
        }?.key
    }
}
