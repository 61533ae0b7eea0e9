package import SheafModel

/// The text of a file as a tree: every node knows its bytes in the text.
///
/// All nodes lie in one array in the order of the text, a collection before its content, so that a tree of a million
/// nodes is one allocation. A mapping's content is its keys and values in turns. Scalars are ranges of bytes; a node's
/// place becomes line and column only where something is to be said about it. What aliases stand for is copied to
/// where they are used; merged keys (`<<`) are put in place; of a key that is given twice the first counts.
package struct YAMLTree: Sendable {
    /// A node of this tree.
    package struct NodeID: Hashable, Sendable {
        var index: Int32

        init(_ index: Int) { self.index = Int32(truncatingIfNeeded: index) }
    }

    /// A key's text as a small number: equal keys of one tree have equal symbols.
    package struct Symbol: Hashable, Sendable {
        package var number: Int32
    }

    enum Kind: UInt8, Sendable { case scalar, sequence, mapping }

    /// How a scalar was written.
    package enum Style: UInt8, Sendable { case plain, singleQuoted, doubleQuoted, literal, folded }

    struct Node: Sendable {
        var kind: Kind
        var style: Style = .plain
        /// Whether the text is in `decoded` and not in the file.
        var isDecoded = false
        /// Whether a plain scalar is a text by its tag.
        var isTaggedText = false
        /// The bytes of the file: `start..<end`.
        var start: UInt32
        var end: UInt32
        /// A scalar's text.
        var textStart: UInt32 = 0
        /// The length of a scalar's text; the number of entries or elements of a collection.
        var count: UInt32 = 0
        /// The index of the first node behind this one and its content.
        var next: Int32
        /// The symbol of a key; -1 for other nodes.
        var symbol: Int32 = -1
    }

    package let source: SourceText
    var nodes: [Node] = []
    /// The texts that differ from what stands in the file: with escapes, folded, or on several lines.
    var decoded: [UInt8] = []
    var symbols = SymbolTable()
    /// The documents of the file, in order; empty ones are left out, lists of manifests are taken apart.
    package internal(set) var documents: [NodeID] = []

    init(source: SourceText) { self.source = source }
}

// MARK: Shape

extension YAMLTree {
    package func isMapping(_ id: NodeID) -> Bool { self[id].kind == .mapping }
    package func isSequence(_ id: NodeID) -> Bool { self[id].kind == .sequence }
    package func isScalar(_ id: NodeID) -> Bool { self[id].kind == .scalar }

    /// The number of a mapping's entries or of a sequence's elements; 0 for scalars.
    package func count(_ id: NodeID) -> Int { self[id].kind == .scalar ? 0 : Int(self[id].count) }

    /// A mapping's entries in the order of the text; empty for anything else.
    package func entries(_ id: NodeID) -> Entries {
        Entries(nodes: nodes, first: id.index + 1, end: isMapping(id) ? self[id].next : id.index + 1)
    }

    /// A sequence's elements in order; empty for anything else.
    package func elements(_ id: NodeID) -> Elements {
        Elements(nodes: nodes, first: id.index + 1, end: isSequence(id) ? self[id].next : id.index + 1)
    }

    /// The value of a mapping's key; nil when this is no mapping or has no such key.
    package func value(_ id: NodeID, _ key: String) -> NodeID? { entry(id, key)?.value }

    /// The entry of a mapping's key; nil when this is no mapping or has no such key.
    package func entry(_ id: NodeID, _ key: String) -> Entry? {
        guard let symbol = symbols.find(key) else { return nil }
        return entries(id).first { $0.symbol == symbol }
    }

    /// One `key: value` of a mapping.
    package struct Entry: Sendable {
        package var key: NodeID
        package var value: NodeID
        package var symbol: Symbol
    }

    package struct Entries: Sequence, IteratorProtocol, Sendable {
        // Not the tree itself, whose copy costs as much as several steps.
        let nodes: [Node]
        var first: Int32
        let end: Int32

        package mutating func next() -> Entry? {
            guard first < end else { return nil }
            let key = Int(first)
            let value = nodes[key].next
            first = nodes[Int(value)].next
            return Entry(
                key: NodeID(key),
                value: NodeID(Int(value)),
                symbol: Symbol(number: nodes[key].symbol)
            )
        }
    }

    package struct Elements: Sequence, IteratorProtocol, Sendable {
        // Not the tree itself, whose copy costs as much as several steps.
        let nodes: [Node]
        var first: Int32
        let end: Int32

        package mutating func next() -> NodeID? {
            guard first < end else { return nil }
            defer { first = nodes[Int(first)].next }
            return NodeID(Int(first))
        }
    }

    subscript(id: NodeID) -> Node { nodes[Int(id.index)] }
}

// MARK: Scalars

extension YAMLTree {
    /// What a scalar is by the core schema of YAML 1.2.
    package enum ScalarType: Sendable { case null, boolean, integer, number, text }

    /// The type of a scalar; `text` for collections.
    package func scalarType(_ id: NodeID) -> ScalarType {
        let node = self[id]
        guard node.kind == .scalar, node.style == .plain, !node.isTaggedText else { return .text }
        return withText(of: node) { ScalarResolver.type(of: $0) }
    }

    /// Whether this is an empty value, `~` or `null`.
    package func isNull(_ id: NodeID) -> Bool {
        let node = self[id]
        return node.kind == .scalar && node.style == .plain && node.count <= 4 && scalarType(id) == .null
    }

    /// Whether a scalar is a text because its tag says so.
    package func isTaggedText(_ id: NodeID) -> Bool { self[id].isTaggedText }

    /// How a scalar was written; `plain` for collections.
    package func style(_ id: NodeID) -> Style { self[id].style }

    /// A scalar's text without quotes and with escapes resolved; empty for collections.
    package func text(_ id: NodeID) -> String {
        let node = self[id]
        guard node.kind == .scalar else { return "" }
        return withText(of: node) { String(decoding: $0, as: UTF8.self) }
    }

    /// Calls a function with the bytes of a scalar's text; none for collections.
    package func withText<R>(_ id: NodeID, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        try withText(of: self[id], body)
    }

    func withText<R>(of node: Node, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        guard node.kind == .scalar else { return try body(UnsafeBufferPointer(start: nil, count: 0)) }
        let range = Int(node.textStart)..<Int(node.textStart) + Int(node.count)
        // Arrays are contiguous, so the storage is always there.
        return try (node.isDecoded ? decoded : source.bytes).withUnsafeBufferPointer {
            try body(UnsafeBufferPointer(rebasing: $0[range]))
        }
    }

    /// A scalar's value; `null` for collections.
    package func scalarValue(_ id: NodeID) -> JSONValue {
        let node = self[id]
        guard node.kind == .scalar else { return .null }
        let text = text(id)
        return node.style == .plain && !node.isTaggedText ? ScalarResolver.resolve(text) : .string(text)
    }

    /// A node as a JSON value, without positions.
    package func json(_ id: NodeID) -> JSONValue {
        switch self[id].kind {
        case .scalar: return scalarValue(id)
        case .sequence: return .array(elements(id).map(json))
        case .mapping:
            let pairs = entries(id).map { (text($0.key), json($0.value)) }
            return .object(Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// The text of a key.
    package func name(_ symbol: Symbol) -> String { symbols.name(symbol) }

    /// The number of different keys; symbols are less than it.
    package var symbolCount: Int { symbols.count }
}

// MARK: Places

extension YAMLTree {
    /// Where a node stands: a scalar with its quotes, a block to the end of its first line, a collection from its
    /// first character to the end of its last node.
    package func span(_ id: NodeID) -> SourceSpan { source.span(self[id].start..<self[id].end) }

    /// Where to point for an entry's value: the key when the value is empty and so has no text of its own.
    package func valueSpan(_ entry: Entry) -> SourceSpan { span(isNull(entry.value) ? entry.key : entry.value) }
}
