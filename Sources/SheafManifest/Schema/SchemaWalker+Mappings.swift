internal import SheafModel

/// Mappings, by a description of their keys.
extension SchemaWalker {
    /// Normalises a mapping by a description of its keys.
    mutating func object(
        _ node: ManifestNode,
        _ schema: ObjectSchema,
        _ path: String,
        _ span: SourceSpan
    ) -> ManifestNode? {
        // A placeholder stays, so that the check for expressions finds it.
        if node.scalar != nil, schema.shorthand == nil, isAccepted(placeholder: node, span) { return node }
        guard var entries = mapping(node, schema, path, span)?.entries else { return nil }
        for relocation in schema.relocations { relocate(relocation, &entries, path) }
        var normal: [ManifestNode.Entry] = []
        var places: [String: SourceSpan] = [:]
        for entry in entries {
            guard let match = schema.match(entry.key) else {
                unknown(entry, schema, path, &normal)
                continue
            }
            report(match, entry, path)
            if let first = places[match.field.name] {
                if !merge(entry, match.field, path, &normal) { reportConflict(entry, match.field.name, first) }
                continue
            }
            places[match.field.name] = entry.keySpan
            let inner = path.isEmpty ? match.field.name : "\(path).\(match.field.name)"
            guard let value = normalise(entry.value, as: match.field.type, path: inner, at: place(entry))
            else {
                reportEmpty(match.field, entry, path)
                continue
            }
            normal.append(.init(key: match.field.name, keySpan: entry.keySpan, value: value))
        }
        reportMissing(schema, places, path, span)
        let result = ManifestNode(.mapping(normal), span: node.span)
        for rule in schema.rules { check(rule, result, places, path, span) }
        return result
    }

    private mutating func mapping(
        _ node: ManifestNode,
        _ schema: ObjectSchema,
        _ path: String,
        _ span: SourceSpan
    ) -> ManifestNode? {
        if node.entries != nil { return node }
        if let shorthand = schema.shorthand, node.scalar != nil || node.elements != nil {
            if shorthand.notice != .silent {
                findings.report(
                    .convertedType,
                    "'\(path)' is meant to be a mapping; taken as its '\(shorthand.key)'",
                    at: span,
                    help: "write it as '\(shorthand.key): …' below the key"
                )
            }
            return ManifestNode(.mapping([.init(key: shorthand.key, keySpan: span, value: node)]), span: node.span)
        }
        return wrong(node, "a mapping", path, span)
    }

    /// Joins a list with the one that was given under another spelling of its key.
    private mutating func merge(
        _ entry: ManifestNode.Entry,
        _ field: Field,
        _ path: String,
        _ normal: inout [ManifestNode.Entry]
    ) -> Bool {
        guard case .list = field.type, entry.value.elements != nil,
            let index = normal.firstIndex(where: { $0.key == field.name }),
            let first = normal[index].value.elements,
            let more = normalise(entry.value, as: field.type, path: "\(path).\(entry.key)", at: place(entry))
        else { return false }
        normal[index].value.content = .sequence(first + (more.elements ?? []))
        return true
    }

    /// Scalars are pointed at themselves, collections at their key.
    private func place(_ entry: ManifestNode.Entry) -> SourceSpan {
        entry.value.scalar == nil ? entry.keySpan : entry.valueSpan
    }
}
