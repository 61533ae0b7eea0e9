internal import SheafModel

/// Appends the nodes of one document to a tree.
struct TreeBuilder {
    /// A document is refused when it is nested deeper: what walks a tree is recursive.
    static let depthLimit = 1_000

    /// How many nodes aliases may stand for: they can make a small file enormous.
    static let aliasLimit = 500_000

    struct TooLarge: Error {}

    private struct Open {
        var node: Int
        var isFlow: Bool
        /// Whether the next node of a mapping is a key.
        var expectsKey = true
        var anchor: String?
        /// The end of the last node of the content.
        var end: UInt32
    }

    var tree: YAMLTree
    var findings = Findings()
    /// For each symbol the last mapping that has it as a key, so that a repetition is found without a search.
    var lastMapping: [Int32] = []
    private var open: [Open] = []
    private var anchors: [String: Int] = [:]
    private var copied = 0

    init(_ tree: YAMLTree) { self.tree = tree }

    /// Drops what belongs to a document that could not be read to its end.
    mutating func reset(to count: Int) {
        tree.nodes.removeLast(tree.nodes.count - count)
        open = []
        anchors = [:]
    }

    /// Forgets the anchors, which hold for one document.
    mutating func beginDocument() { anchors = [:] }

    /// Adds an event.
    ///
    /// - Throws: `TooLarge`; `EventParser.Failure` for an alias without an anchor.
    mutating func add(_ event: EventParser.Event) throws {
        switch event {
        case .documentStart, .streamEnd, .other: return
        case .scalar(let scalar): add(scalar)
        case .alias(let anchor, let start): try addCopy(of: anchor, start)
        case .collectionStart(let isMapping, let isFlow, let anchor, let start):
            guard open.count < Self.depthLimit else { throw TooLarge() }
            let node = YAMLTree.Node(
                kind: isMapping ? .mapping : .sequence,
                start: UInt32(start),
                end: UInt32(start),
                next: 0
            )
            open.append(Open(node: tree.nodes.count, isFlow: isFlow, anchor: anchor, end: UInt32(start)))
            tree.nodes.append(node)
        case .collectionEnd(let end): close(end)
        }
    }

    // MARK: Scalars

    private mutating func add(_ scalar: EventParser.Scalar) {
        let index = tree.nodes.count
        var node = YAMLTree.Node(
            kind: .scalar,
            style: scalar.style,
            isTaggedText: scalar.isTaggedText,
            start: UInt32(scalar.start),
            end: UInt32(shownEnd(of: scalar)),
            next: Int32(index + 1)
        )
        let inside = scalar.style == .singleQuoted || scalar.style == .doubleQuoted ? 1 : 0
        node.count = UInt32(scalar.text.count)
        if stands(scalar.text, at: scalar.start + inside) {
            node.textStart = UInt32(scalar.start + inside)
        } else {
            node.isDecoded = true
            node.textStart = UInt32(tree.decoded.count)
            tree.decoded.append(contentsOf: scalar.text)
        }
        if let last = open.last, last.expectsKey, tree.nodes[last.node].kind == .mapping {
            node.symbol = tree.symbols.intern(node, tree.source.bytes, tree.decoded).number
        }
        tree.nodes.append(node)
        if let anchor = scalar.anchor { anchors[anchor] = index }
        finish(index)
    }

    /// Whether a text stands as it is at an offset of the file.
    private func stands(_ text: UnsafeBufferPointer<UInt8>, at offset: Int) -> Bool {
        tree.source.bytes.withUnsafeBufferPointer { bytes in
            guard offset + text.count <= bytes.count else { return false }
            for index in 0..<text.count where bytes[offset + index] != text[index] { return false }
            return true
        }
    }

    /// A block is shown by its first line, a plain text without the space behind it.
    private func shownEnd(of scalar: EventParser.Scalar) -> Int {
        let bytes = tree.source.bytes
        var end = scalar.end
        if scalar.style == .literal || scalar.style == .folded {
            end = bytes[scalar.start..<end].firstIndex(of: UInt8(ascii: "\n")) ?? end
        }
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        while end > scalar.start, isSpace(bytes[end - 1]) { end -= 1 }
        return end
    }

    // MARK: Aliases

    private mutating func addCopy(of anchor: String, _ start: Int) throws {
        guard let index = anchors[anchor] else {
            throw EventParser.Failure(problem: "there is no anchor '&\(anchor)' before this alias", offset: start)
        }
        let range = index..<Int(tree.nodes[index].next)
        copied += range.count
        guard copied <= Self.aliasLimit, open.count + depth(of: range) <= Self.depthLimit else { throw TooLarge() }
        let start = tree.nodes.count
        copy(range)
        if let last = open.last, last.expectsKey, tree.nodes[last.node].kind == .mapping,
            tree.nodes[start].kind == .scalar
        {
            let node = tree.nodes[start]
            tree.nodes[start].symbol = tree.symbols.intern(node, tree.source.bytes, tree.decoded).number
        }
        finish(start)
    }

    mutating func copy(_ range: Range<Int>) {
        let shift = Int32(tree.nodes.count - range.lowerBound)
        for index in range {
            var node = tree.nodes[index]
            node.next += shift
            tree.nodes.append(node)
        }
    }

    private func depth(of range: Range<Int>) -> Int {
        var ends: [Int32] = []
        var deepest = 0
        for index in range where tree.nodes[index].kind != .scalar {
            while let last = ends.last, last <= Int32(index) { ends.removeLast() }
            ends.append(tree.nodes[index].next)
            deepest = max(deepest, ends.count)
        }
        return deepest
    }

    // MARK: Collections

    /// Takes note of a node that is complete.
    private mutating func finish(_ index: Int) {
        guard let last = open.indices.last else { return }
        let parent = open[last].node
        open[last].end = max(open[last].end, tree.nodes[index].end)
        if tree.nodes[parent].kind == .sequence {
            tree.nodes[parent].count += 1
        } else {
            if !open[last].expectsKey { tree.nodes[parent].count += 1 }
            open[last].expectsKey.toggle()
        }
    }

    private mutating func close(_ end: Int) {
        guard let done = open.popLast() else { return }
        let index = done.node
        tree.nodes[index].next = Int32(tree.nodes.count)
        // The mark of a block collection's end lies behind blank lines and comments.
        tree.nodes[index].end = done.isFlow ? UInt32(end) : done.end
        if tree.nodes[index].kind == .mapping { settleMapping(index) }
        if let anchor = done.anchor { anchors[anchor] = index }
        finish(index)
    }
}
