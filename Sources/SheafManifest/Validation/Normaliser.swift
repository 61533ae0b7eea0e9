internal import SheafModel

/// Makes the normal form of a manifest: canonical keys, lists where lists are meant, texts where texts are meant.
///
/// Nothing is invented: what the manifest leaves out stays out, and so do empty values and keys that have no place.
/// The manifests of a bundle's items stay out as well, since they are read by themselves. Whatever was validated
/// without an error decodes as the typed spec of its kind.
struct Normaliser {
    private let validator: KindValidator
    private var tree: YAMLTree { validator.tree }

    init(_ validator: KindValidator) { self.validator = validator }

    /// The normal form of a manifest.
    func normalise(_ manifest: CheckedManifest) -> ManifestNode {
        let state = validator.state(manifest.set)
        return value(manifest.set.root, manifest.node, state)
            ?? ManifestNode(.mapping([]), span: tree.span(manifest.node))
    }

    private func value(_ index: Int32, _ id: YAMLTree.NodeID, _ state: KindValidator.State) -> ManifestNode? {
        if tree.isNull(id) { return nil }
        guard index >= 0 else { return ManifestNode(tree, id) }
        let shape = state.set[index]
        if shape.isFree { return ManifestNode(tree, id) }
        if shape.role == .stackSpec { return ManifestNode(tree, id) }
        switch tree.kind(id) {
        case .mapping: return mapping(shape, id, state)
        case .sequence: return list(shape, id, state)
        case .scalar: return scalar(shape, id, state)
        }
    }

    // MARK: Collections

    private func mapping(_ shape: Shape, _ id: YAMLTree.NodeID, _ state: KindValidator.State) -> ManifestNode? {
        if shape.role == .manifest { return nil }
        if shape.types.contains(.object) {
            guard let object = shape.object else { return ManifestNode(tree, id) }
            return self.object(object, id, state)
        }
        guard let elements = shape.elements, elements.single != .refused else { return nil }
        return ManifestNode(
            .sequence([value(elements.items, id, state)].compactMap { $0 }),
            span: tree.span(id)
        )
    }

    private func list(_ shape: Shape, _ id: YAMLTree.NodeID, _ state: KindValidator.State) -> ManifestNode? {
        if shape.types.contains(.array) {
            let items = shape.elements?.items ?? -1
            return ManifestNode(
                .sequence(tree.elements(id).compactMap { value(items, $0, state) }),
                span: tree.span(id)
            )
        }
        if shape.takesListOfOne, tree.count(id) == 1, let object = shape.object {
            let only = YAMLTree.NodeID(at: tree.firstChild(id))
            return tree.isMapping(only) ? self.object(object, only, state) : nil
        }
        return shorthand(shape, id, state)
    }

    private func shorthand(_ shape: Shape, _ id: YAMLTree.NodeID, _ state: KindValidator.State) -> ManifestNode? {
        guard let shorthand = shape.shorthand, let object = shape.object else { return nil }
        let slot = object.slot(named: shorthand.key)
        guard slot >= 0, let inner = value(object.rules.children[slot], id, state) else { return nil }
        let span = tree.span(id)
        return ManifestNode(.mapping([.init(key: shorthand.key, keySpan: span, value: inner)]), span: span)
    }

    private func object(_ object: ShapeObject, _ id: YAMLTree.NodeID, _ state: KindValidator.State) -> ManifestNode {
        var entries: [ManifestNode.Entry] = []
        var lowered: [(slot: Int, entry: YAMLTree.Entry)] = []
        var lifted: [ManifestNode.Entry] = []
        for entry in tree.entries(id) {
            let slot = slot(of: entry, object, state)
            if slot >= 0 {
                if let keys = object.lifted[slot] { lift(keys, from: entry.value, object, state, &lifted) }
                add(entry, slot, object, state, &entries)
                continue
            }
            let name = tree.text(entry.key)
            if let target = object.lowered[name] {
                lowered.append((target, entry))
            } else if !object.isClosed {
                keep(entry, name, object, state, &entries)
            }
        }
        for (slot, entry) in lowered { lower(entry, slot, object, state, &entries) }
        for entry in lifted where !entries.contains(where: { $0.key == entry.key }) { entries.append(entry) }
        return ManifestNode(.mapping(entries), span: tree.span(id))
    }

    private func slot(of entry: YAMLTree.Entry, _ object: ShapeObject, _ state: KindValidator.State) -> Int {
        let slot = object.slot(state.number(entry.symbol.number, tree))
        if slot >= 0 || object.propertyCount == 0 { return slot }
        return object.nearMatch(tree.text(entry.key))?.slot ?? -1
    }

    private func add(
        _ entry: YAMLTree.Entry,
        _ slot: Int,
        _ object: ShapeObject,
        _ state: KindValidator.State,
        _ entries: inout [ManifestNode.Entry]
    ) {
        guard let value = value(object.rules.children[slot], entry.value, state) else { return }
        let name = object.names[slot]
        guard let index = entries.firstIndex(where: { $0.key == name }) else {
            entries.append(.init(key: name, keySpan: tree.span(entry.key), value: value))
            return
        }
        // Lists under two spellings of a key are joined; of anything else the first counts.
        if let first = entries[index].value.elements, let more = value.elements {
            entries[index].value.content = .sequence(first + more)
        }
    }

    /// A key that is not described, of a mapping that takes such keys.
    private func keep(
        _ entry: YAMLTree.Entry,
        _ name: String,
        _ object: ShapeObject,
        _ state: KindValidator.State,
        _ entries: inout [ManifestNode.Entry]
    ) {
        let isText = object.rules.additional >= 0 && state.set[object.rules.additional].isText
        var value = value(object.rules.additional, entry.value, state)
        if value == nil, tree.isNull(entry.value) {
            if object.rules.additional < 0 || state.set[object.rules.additional].isFree {
                value = ManifestNode(tree, entry.value)
            } else if isText {
                value = ManifestNode(text: "", span: tree.span(entry.value))
            }
        }
        guard let value else { return }
        entries.append(.init(key: name, keySpan: tree.span(entry.key), value: value))
    }

    // MARK: Moved keys

    private func lower(
        _ entry: YAMLTree.Entry,
        _ slot: Int,
        _ object: ShapeObject,
        _ state: KindValidator.State,
        _ entries: inout [ManifestNode.Entry]
    ) {
        let parent = object.names[slot]
        let name = tree.text(entry.key)
        let child = object.rules.children[slot]
        let inner = child >= 0 ? state.set[child].object : nil
        let index =
            inner.map { $0.slot(named: name) }.flatMap { $0 >= 0 ? inner?.rules.children[$0] : nil }
            ?? inner?.rules.additional ?? -1
        guard let value = value(index, entry.value, state) else { return }
        let keySpan = tree.span(entry.key)
        if let place = entries.firstIndex(where: { $0.key == parent }) {
            guard entries[place].value.entries != nil, entries[place].value[name] == nil else { return }
            entries[place].value = entries[place].value.setting(name, to: value)
        } else {
            let mapping = ManifestNode(.mapping([.init(key: name, keySpan: keySpan, value: value)]), span: keySpan)
            entries.append(.init(key: parent, keySpan: keySpan, value: mapping))
        }
    }

    private func lift(
        _ keys: [String: Int],
        from id: YAMLTree.NodeID,
        _ object: ShapeObject,
        _ state: KindValidator.State,
        _ entries: inout [ManifestNode.Entry]
    ) {
        for entry in tree.entries(id) {
            guard let slot = keys[tree.text(entry.key)], slot >= 0,
                let value = value(object.rules.children[slot], entry.value, state)
            else { continue }
            entries.append(.init(key: object.names[slot], keySpan: tree.span(entry.key), value: value))
        }
    }

    // MARK: Scalars

    private func scalar(_ shape: Shape, _ id: YAMLTree.NodeID, _ state: KindValidator.State) -> ManifestNode? {
        let types = shape.types
        if types.isDisjoint(with: .scalars) {
            if let elements = shape.elements, elements.single != .refused {
                return ManifestNode(
                    .sequence([value(elements.items, id, state)].compactMap { $0 }),
                    span: tree.span(id)
                )
            }
            if let short = shorthand(shape, id, state) { return short }
            // A placeholder stays, so that the check for expressions finds it.
            return tree.withText(id, PlaceholderBytes.occurs) ? ManifestNode(tree, id) : nil
        }
        if tree.withText(id, PlaceholderBytes.occurs) { return ManifestNode(tree, id) }
        if let choice = shape.choice { return word(choice, id) }
        if types.contains(.text) { return text(shape, id) }
        return converted(types, id)
    }

    private func word(_ choice: Choice, _ id: YAMLTree.NodeID) -> ManifestNode? {
        switch tree.withText(id, { choice.match($0) }) {
        case .word(let index): ManifestNode(text: choice.words[index], span: tree.span(id))
        case .synonym(let word): ManifestNode(text: word, span: tree.span(id))
        case nil: ManifestNode(text: tree.text(id), span: tree.span(id))
        }
    }

    private func text(_ shape: Shape, _ id: YAMLTree.NodeID) -> ManifestNode {
        // Quantities keep what they are; a number may also be a text in the typed spec.
        if case .quantity = shape.format { return ManifestNode(tree, id) }
        let isOpen = shape.types.contains(.object) || shape.types.contains(.array)
        return isOpen ? ManifestNode(tree, id) : ManifestNode(text: tree.text(id), span: tree.span(id))
    }

    private func converted(_ types: SchemaTypes, _ id: YAMLTree.NodeID) -> ManifestNode? {
        let node = ManifestNode(tree, id)
        guard var scalar = node.scalar else { return node }
        switch scalar.value {
        case .string(let text):
            if types.contains(.boolean), ["true", "false"].contains(text.lowercased()) {
                scalar.value = .bool(text.lowercased() == "true")
            } else if let number = Int64(text) {
                scalar.value = .integer(number)
            }
            return ManifestNode(.scalar(scalar), span: node.span)
        case .number(let number) where !types.contains(.number) && number == number.rounded():
            scalar.value = Int64(exactly: number).map(JSONValue.integer) ?? scalar.value
            return ManifestNode(.scalar(scalar), span: node.span)
        default: return node
        }
    }
}
