internal import SheafModel

/// Holds a tree against a description and gives its normal form.
///
/// The normal form has canonical keys, lists where lists are meant and texts where texts are meant. Nothing is
/// invented: what the manifest leaves out stays out. Whatever passes without an error decodes as the typed spec.
struct SchemaWalker {
    /// How strict to be about what is filled in later.
    enum Mode: Sendable {
        /// A lone manifest, perhaps a template: placeholders may stand anywhere.
        case draft
        /// A manifest that is about to be deployed.
        case complete
    }

    let mode: Mode
    var findings = Findings()

    init(mode: Mode) { self.mode = mode }

    /// Normalises a value.
    ///
    /// - Parameters:
    ///   - node: The value as written.
    ///   - type: What it should be.
    ///   - path: The value's place, such as `service.ingress`, for messages.
    ///   - span: Where to point; the key for empty values.
    /// - Returns: nil for an empty value, and for one that is wrong.
    mutating func normalise(_ node: ManifestNode, as type: FieldType, path: String, at span: SourceSpan)
        -> ManifestNode?
    {
        if node.isNull { return nil }
        switch type {
        case .free: return node
        case .structure:
            if node.scalar == nil || isAccepted(placeholder: node, span) { return node }
            return wrong(node, "a mapping", path, span)
        case .list(let element, let single): return list(node, element, single, path, span)
        case .object(let schema): return object(node, schema, path, span)
        case .objectOrSingleton(let schema):
            guard let elements = node.elements else { return object(node, schema, path, span) }
            guard elements.count == 1, let only = elements.first else { return wrong(node, "one mapping", path, span) }
            return object(only, schema, path, only.span)
        case .textMap: return textMap(node, path, span)
        default: return scalar(node, type, path, span)
        }
    }

    // MARK: Collections

    private mutating func list(
        _ node: ManifestNode,
        _ type: FieldType,
        _ single: FieldType.Single,
        _ path: String,
        _ span: SourceSpan
    ) -> ManifestNode? {
        var elements = node.elements ?? []
        if node.elements == nil {
            let isPlaceholder = isPlaceholder(node)
            if single == .refused && !isPlaceholder { return wrong(node, "a list", path, span) }
            if single == .warned && !isPlaceholder {
                findings.report(.convertedType, "'\(path)' is meant to be a list; taken as its only element", at: span)
            }
            elements = [node]
        }
        let normal = elements.enumerated().compactMap { index, element in
            if element.isNull {
                findings.report(.missingKey, "'\(path)[\(index)]' has no value", at: element.span)
            }
            return normalise(element, as: type, path: "\(path)[\(index)]", at: element.isNull ? span : element.span)
        }
        return ManifestNode(.sequence(normal), span: node.span)
    }

    private mutating func textMap(_ node: ManifestNode, _ path: String, _ span: SourceSpan) -> ManifestNode? {
        guard let entries = node.entries else {
            if isAccepted(placeholder: node, span) { return node }
            return wrong(node, "a mapping", path, span)
        }
        var normal: [ManifestNode.Entry] = []
        for var entry in entries {
            guard let scalar = entry.value.scalar else {
                wrong(entry.value, "a single value", "\(path).\(entry.key)", entry.value.span)
                continue
            }
            let text = scalar.value == .null ? "" : scalar.text
            entry.value = ManifestNode(text: text, span: entry.value.span)
            normal.append(entry)
        }
        return ManifestNode(.mapping(normal), span: node.span)
    }

    // MARK: Mappings

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

    private mutating func relocate(
        _ relocation: ObjectSchema.Relocation,
        _ entries: inout [ManifestNode.Entry],
        _ path: String
    ) {
        switch relocation {
        case .lift(let keys, let child):
            guard let index = entries.firstIndex(where: { $0.key == child }), let inner = entries[index].value.entries
            else { return }
            for entry in inner where keys.contains(entry.key) {
                entries[index].value = entries[index].value.removing(entry.key)
                let isThere = entries.contains { $0.key == entry.key }
                if !isThere { entries.append(entry) }
                reportMoved(entry, "beside '\(child)', not below it\(isThere ? "; it is ignored here" : "")")
            }
        case .lower(let keys, let child):
            for entry in entries where keys.contains(entry.key) {
                let index = entries.firstIndex { $0.key == child }
                let target = index.map { entries[$0].value }
                guard target == nil || target?.isNull == true || target?.entries != nil else { return }
                let base = target?.entries == nil ? ManifestNode(.mapping([]), span: entry.keySpan) : target
                guard let base else { return }
                entries.removeAll { $0.key == entry.key || $0.key == child }
                entries.append(
                    .init(key: child, keySpan: entry.keySpan, value: base.setting(entry.key, to: entry.value))
                )
                reportMoved(entry, "below '\(child)'")
            }
        }
    }

    private mutating func reportMoved(_ entry: ManifestNode.Entry, _ place: String) {
        findings.report(
            .misplacedKey,
            "'\(entry.key)' belongs \(place)",
            at: entry.keySpan,
            severity: .warning,
            help: "change the indentation"
        )
    }

    private mutating func unknown(
        _ entry: ManifestNode.Entry,
        _ schema: ObjectSchema,
        _ path: String,
        _ normal: inout [ManifestNode.Entry]
    ) {
        if schema.isOpen {
            normal.append(entry)
            return
        }
        if mode == .draft, PlaceholderText.occurs(in: entry.key) { return }
        let place = path.isEmpty ? "the top of a manifest" : "'\(path)'"
        let position = path.isEmpty ? "at \(place)" : "in \(place)"
        if let misplaced = schema.misplaced(entry.key) {
            findings.report(
                .misplacedKey,
                "'\(entry.key)' does not belong \(position)",
                at: entry.keySpan,
                severity: misplaced.isError ? .error : .warning,
                help: misplaced.help
            )
            return
        }
        findings.report(
            .unknownKey,
            "\(place) has no key '\(entry.key)'",
            at: entry.keySpan,
            help: Suggestion.help(for: entry.key, among: schema.fields.map(\.name))
        )
    }

    private mutating func report(_ match: ObjectSchema.Match, _ entry: ManifestNode.Entry, _ path: String) {
        let name = match.field.name
        switch match.notice {
        case .silent: break
        case .spelling:
            findings.report(
                .keySpelling,
                "'\(entry.key)' is taken for '\(name)'",
                at: entry.keySpan,
                help: "write '\(name)'"
            )
        case .deprecated:
            findings.report(
                .deprecatedKey,
                "'\(entry.key)' is an older form of '\(name)'",
                at: entry.keySpan,
                help: "write '\(name)'"
            )
        }
    }

    private mutating func reportConflict(_ entry: ManifestNode.Entry, _ name: String, _ first: SourceSpan) {
        findings.report(
            .conflictingKeys,
            "'\(name)' is given twice, in two spellings",
            at: entry.keySpan,
            help: "remove one of the two",
            related: [.init(message: "first defined here", span: first)]
        )
    }

    private mutating func reportEmpty(_ field: Field, _ entry: ManifestNode.Entry, _ path: String) {
        guard entry.value.isNull, case .required = field.presence else { return }
        let place = path.isEmpty ? field.name : "\(path).\(field.name)"
        findings.report(.missingKey, "'\(place)' has no value", at: entry.keySpan)
    }

    private mutating func reportMissing(
        _ schema: ObjectSchema,
        _ places: [String: SourceSpan],
        _ path: String,
        _ span: SourceSpan
    ) {
        for field in schema.fields where places[field.name] == nil {
            let owner = path.isEmpty ? "the manifest" : "'\(path)'"
            switch field.presence {
            case .optional: break
            case .required:
                findings.report(
                    .missingKey,
                    "\(owner) has no '\(field.name)'",
                    at: span.firstLine,
                    help: "add '\(field.name): …'"
                )
            case .recommended(let instead):
                findings.report(
                    .recommendedKey,
                    "\(owner) has no '\(field.name)'; \(instead)",
                    at: span.firstLine
                )
            }
        }
    }

    /// Scalars are pointed at themselves, collections at their key.
    private func place(_ entry: ManifestNode.Entry) -> SourceSpan {
        entry.value.scalar == nil ? entry.keySpan : entry.valueSpan
    }

    // MARK: Scalars

    private mutating func scalar(
        _ node: ManifestNode,
        _ type: FieldType,
        _ path: String,
        _ span: SourceSpan
    ) -> ManifestNode? {
        guard let text = node.text else { return wrong(node, "a single value", path, span) }
        if !type.takesPlaceholders, isPlaceholder(node) {
            return isAccepted(placeholder: node, span) ? node : nil
        }
        return ScalarReader(mode: mode, path: path).read(node, text, type, &findings)
    }

    private func isPlaceholder(_ node: ManifestNode) -> Bool {
        guard let text = node.text else { return false }
        return PlaceholderText.occurs(in: text)
    }

    /// Whether a scalar is a placeholder that may stand where another type is wanted.
    ///
    /// In what is deployed it may not; expressions are reported by the check that looks for them everywhere.
    private mutating func isAccepted(placeholder node: ManifestNode, _ span: SourceSpan) -> Bool {
        guard let text = node.text, PlaceholderText.occurs(in: text) else { return false }
        if mode == .draft { return true }
        if !PlaceholderText.occursAsExpression(in: text) {
            findings.report(
                .unresolvedPlaceholder,
                "the placeholder '\(text)' is left unresolved",
                at: span,
                help: "replace it by a value"
            )
        }
        return true
    }

    @discardableResult
    private mutating func wrong(
        _ node: ManifestNode,
        _ wanted: String,
        _ path: String,
        _ span: SourceSpan
    ) -> ManifestNode? {
        findings.report(.wrongType, "'\(path)' must be \(wanted), but is \(node.kindInWords)", at: span.firstLine)
        return nil
    }
}
