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
    mutating func isAccepted(placeholder node: ManifestNode, _ span: SourceSpan) -> Bool {
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

    /// Reports a value of another type than is wanted.
    ///
    /// - Returns: Always nil, in place of the value.
    @discardableResult
    mutating func wrong(
        _ node: ManifestNode,
        _ wanted: String,
        _ path: String,
        _ span: SourceSpan
    ) -> ManifestNode? {
        findings.report(.wrongType, "'\(path)' must be \(wanted), but is \(node.kindInWords)", at: span.firstLine)
        return nil
    }
}
