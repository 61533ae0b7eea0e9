internal import SheafModel
internal import Yams

/// Turns what the YAML parser gives into a tree with spans.
struct NodeBuilder {
    /// A document is refused beyond this many nodes: aliases can make a small file enormous.
    static let nodeLimit = 500_000

    /// A document is refused when it is nested deeper: aliases can nest without end, and reading is recursive.
    static let depthLimit = 1_000

    struct TooLarge: Error {}

    private let source: SourceText
    /// Lines of the file before this document.
    private let lineOffset: Int
    private let repetitions: [DuplicateKeyMask.Place: DuplicateKeyMask.Repetition]
    private var count = 0
    private var depth = 0
    private(set) var findings = Findings()

    init(source: SourceText, lineOffset: Int, repetitions: [DuplicateKeyMask.Place: DuplicateKeyMask.Repetition]) {
        self.source = source
        self.lineOffset = lineOffset
        self.repetitions = repetitions
    }

    /// Builds the tree of a node.
    ///
    /// - Throws: `TooLarge`.
    mutating func build(_ node: Yams.Node) throws -> ManifestNode {
        count += 1
        depth += 1
        defer { depth -= 1 }
        guard count <= Self.nodeLimit, depth <= Self.depthLimit else { throw TooLarge() }
        switch node {
        case .scalar(let scalar): return build(scalar)
        case .sequence(let sequence): return try build(sequence)
        case .mapping(let mapping): return try build(mapping)
        case .alias: return ManifestNode(text: "", span: span(at: nil, length: 0))
        }
    }

    private func build(_ scalar: Yams.Node.Scalar) -> ManifestNode {
        let text = scalar.string
        let isPlain = scalar.style == .plain || scalar.style == .any
        let isText = !isPlain || scalar.tag.description == "tag:yaml.org,2002:str"
        let value = isText ? JSONValue.string(text) : ScalarResolver.resolve(text)
        let content = ManifestNode.Scalar(value: value, text: text, isPlain: isPlain)
        return ManifestNode(.scalar(content), span: span(of: scalar))
    }

    private mutating func build(_ sequence: Yams.Node.Sequence) throws -> ManifestNode {
        var elements: [ManifestNode] = []
        elements.reserveCapacity(sequence.count)
        for element in sequence { elements.append(try build(element)) }
        let start = span(at: sequence.mark, length: 1)
        return ManifestNode(.sequence(elements), span: start.extended(to: elements.last?.span))
    }

    private mutating func build(_ mapping: Yams.Node.Mapping) throws -> ManifestNode {
        if let placeholder = placeholder(mapping) { return placeholder }
        var entries: [ManifestNode.Entry] = []
        var merged: [ManifestNode] = []
        entries.reserveCapacity(mapping.count)
        for (keyNode, valueNode) in mapping {
            let value = try build(valueNode)
            guard let key = self.key(keyNode) else { continue }
            if key.text == "<<", key.isPlain, value.entries != nil || value.elements != nil {
                merged.append(contentsOf: value.elements ?? [value])
            } else {
                entries.append(ManifestNode.Entry(key: key.text, keySpan: key.span, value: value))
            }
        }
        // What is written in the mapping itself wins over what is merged into it, earlier merges over later ones.
        for other in merged {
            for entry in other.entries ?? [] where !entries.contains(where: { $0.key == entry.key }) {
                entries.append(entry)
            }
        }
        let start = span(at: mapping.mark, length: 1)
        let last = entries.last
        return ManifestNode(.mapping(entries), span: start.extended(to: last?.keySpan).extended(to: last?.value.span))
    }

    /// What stands for `{{x}}` without quotes, which YAML reads as a mapping in a mapping.
    private mutating func placeholder(_ mapping: Yams.Node.Mapping) -> ManifestNode? {
        guard let first = mapping.first, first.key.mapping != nil, let mark = mapping.mark else { return nil }
        let line = mark.line + lineOffset
        var span = source.spanToLineEnd(line: line, column: mark.column)
        let rest = String(String.UnicodeScalarView(source.rest(line: line, column: mark.column)))
        guard rest.hasPrefix("{{"), let end = rest.firstRange(of: "}}") else { return nil }
        let text = String(rest[..<end.upperBound])
        span.endColumn = span.column + text.unicodeScalars.count
        findings.report(
            .unquotedPlaceholder,
            "the placeholder \(text) without quotes is read as a mapping",
            at: span,
            help: "put it in quotes: \"\(text)\""
        )
        return ManifestNode(text: text, span: span)
    }

    /// A key's text and place; nil, with a finding, when it is no text or repeats another.
    private mutating func key(_ node: Yams.Node) -> (text: String, span: SourceSpan, isPlain: Bool)? {
        guard case .scalar(let scalar) = node else {
            reportComplexKey(node)
            return nil
        }
        var keySpan = span(of: scalar)
        if let mark = scalar.mark,
            let repetition = repetitions[.init(line: mark.line, column: mark.column)]
        {
            keySpan.endColumn = max(keySpan.endColumn, keySpan.column + repetition.key.unicodeScalars.count)
            let first = source.span(
                line: repetition.first.line + lineOffset,
                column: repetition.first.column,
                length: repetition.key.unicodeScalars.count
            )
            findings.report(
                .duplicateKey,
                "the key '\(repetition.key)' is given twice",
                at: keySpan,
                help: "remove one of the two, or merge them",
                related: [.init(message: "first defined here", span: first)]
            )
            return nil
        }
        return (scalar.string, keySpan, scalar.style == .plain)
    }

    private mutating func reportComplexKey(_ node: Yams.Node) {
        let line = (node.mark?.line ?? 1) + lineOffset
        findings.report(
            .keyNotText,
            "a key must be a text, this one is a list or a mapping",
            at: source.spanToLineEnd(line: line, column: node.mark?.column ?? 1)
        )
    }

    private func span(of scalar: Yams.Node.Scalar) -> SourceSpan {
        guard let mark = scalar.mark else { return span(at: nil, length: 0) }
        let line = mark.line + lineOffset
        switch scalar.style {
        case .literal, .folded: return source.spanToLineEnd(line: line, column: mark.column)
        case .doubleQuoted: return source.quotedSpan(line: line, column: mark.column, quote: "\"")
        case .singleQuoted: return source.quotedSpan(line: line, column: mark.column, quote: "'")
        default: return span(at: mark, length: scalar.string.unicodeScalars.count)
        }
    }

    private func span(at mark: Mark?, length: Int) -> SourceSpan {
        source.span(line: (mark?.line ?? 1) + lineOffset, column: mark?.column ?? 1, length: length)
    }
}
