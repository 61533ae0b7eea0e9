internal import SheafModel

/// Appends the nodes of one document after another to a tree.
struct TreeBuilder {
    /// Why a document is refused although its text is valid.
    enum Refusal: Error {
        case depth, aliases, moves, nodes, documents, anchors
        case unknownAlias(EventParser.Failure)
    }

    private struct Open {
        var node: Int
        var isMapping: Bool
        var isFlow: Bool
        /// Whether the next node of a mapping is a key.
        var expectsKey = true
        /// The end of the last node of the content.
        var end: UInt32
        var count: UInt32 = 0
        /// The name of the anchor, in `names`; -1 for none.
        var anchor: Int32
    }

    var tree: YAMLTree
    var findings = Findings()
    /// For each symbol the last mapping that has it as a key, so that a repetition is found without a search.
    var lastMapping: [Int32] = []
    /// How many more nodes may be moved by rewriting mappings.
    var moves = TreeLimits.movedNodes
    /// The text that is read; positions of events are positions in it.
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Where the text that is parsed stands in the file.
    private var origin = Origin.file(0)
    private var open: [Open] = []
    private var flowDepth = 0
    private var names: [String] = []
    private var anchors: [String: Int] = [:]
    private var copied = 0
    /// What the events cost so far: one for each that is not in brackets, more for those deep in brackets.
    private var cost = 0

    /// Where positions of the parsed text lie in the file.
    enum Origin {
        /// The text is a part of the file that begins here.
        case file(Int)
        /// The text was mended, and differs from the file.
        case mended(MendedText)
    }

    /// Makes a builder.
    ///
    /// - Parameters:
    ///   - tree: The tree to append to.
    ///   - bytes: The bytes of the tree's source, which must outlive the builder.
    init(_ tree: YAMLTree, _ bytes: UnsafeBufferPointer<UInt8>) {
        self.tree = tree
        self.bytes = bytes
        // What is never written to costs no memory.
        self.tree.nodes.reserveCapacity(min(TreeLimits.nodes, bytes.count / 8 + 16))
        self.tree.decoded.reserveCapacity(bytes.count / 16)
    }

    /// Drops what belongs to a document that could not be read to its end.
    mutating func reset(to count: Int) {
        tree.nodes.removeLast(tree.nodes.count - count)
        beginDocument()
    }

    /// Forgets the anchors, which hold for one document.
    mutating func beginDocument() {
        open = []
        flowDepth = 0
        if !names.isEmpty {
            names = []
            anchors = [:]
        }
    }

    /// Says where the text lies that is parsed next.
    mutating func read(from origin: Origin) { self.origin = origin }

    /// Adds an event.
    mutating func add(_ event: EventParser.Event) throws(Refusal) {
        switch event {
        case .documentStart, .streamEnd, .failure, .other: return
        case .scalar(let scalar):
            try pay()
            try add(scalar)
        case .alias(let anchor, let start):
            guard !anchor.isLong else { throw .anchors }
            try addCopy(of: anchor.text, place(start))
        case .collectionStart(let isMapping, let isFlow, let anchor, let start):
            try begin(isMapping, isFlow, anchor, UInt32(truncatingIfNeeded: place(start)))
        case .collectionEnd(let end): try close(place(end))
        }
    }

    /// Whether one more finding is reported; otherwise it need not be put into words.
    var hasRoom: Bool { findings.all.count <= TreeLimits.findings }

    /// Reports something, unless there is too much already.
    mutating func report(
        _ code: ManifestCode,
        _ message: String,
        at span: SourceSpan,
        severity: Diagnostic.Severity? = nil,
        help: String? = nil,
        related: [Diagnostic.Related] = [],
        fix: Diagnostic.Fix? = nil
    ) {
        guard hasRoom else { return }
        findings.report(code, message, at: span, severity: severity, help: help, related: related, fix: fix)
    }

    /// Takes back the findings behind the first ones.
    mutating func dropFindings(after count: Int) -> [Diagnostic] {
        let dropped = Array(findings.all.dropFirst(count))
        let kept = Array(findings.all.prefix(count))
        findings = Findings()
        findings.append(kept)
        return dropped
    }

    private func place(_ offset: Int) -> Int {
        switch origin {
        case .file(let base): base + offset
        case .mended(let text): text.place(offset)
        }
    }

    // MARK: Scalars

    private mutating func add(_ scalar: EventParser.Scalar) throws(Refusal) {
        let index = tree.nodes.count
        let start = place(scalar.start)
        let inside = scalar.style == .singleQuoted || scalar.style == .doubleQuoted ? 1 : 0
        let isPlain = scalar.style == .plain
        let length = scalar.text.count
        let isDecoded = !stands(scalar.text, at: start + inside)
        var node = YAMLTree.Node(
            kind: .scalar,
            style: scalar.style,
            isDecoded: isDecoded,
            isTaggedText: scalar.isTaggedText,
            start: UInt32(truncatingIfNeeded: start),
            end: UInt32(
                truncatingIfNeeded: isPlain && !isDecoded ? start + length : shownEnd(of: scalar, start)
            ),
            textStart: UInt32(truncatingIfNeeded: isDecoded ? tree.decoded.count : start + inside),
            count: UInt32(truncatingIfNeeded: length),
            next: Int32(truncatingIfNeeded: index + 1)
        )
        if isDecoded { tree.decoded.append(contentsOf: scalar.text) }
        if let last = open.last, last.isMapping, last.expectsKey {
            node.symbol = tree.symbols.intern(scalar.text)
        }
        tree.nodes.append(node)
        if let anchor = scalar.anchor { anchors[try name(of: anchor)] = index }
        finish(node.end)
    }

    private mutating func name(of anchor: EventParser.Anchor) throws(Refusal) -> String {
        guard names.count < TreeLimits.anchors, !anchor.isLong else { throw .anchors }
        let name = anchor.text
        names.append(name)
        return name
    }

    private mutating func pay() throws(Refusal) {
        cost += TreeLimits.bracketsOfValue + flowDepth
        guard tree.nodes.count < TreeLimits.nodes, cost < TreeLimits.nodes * TreeLimits.bracketsOfValue else {
            throw .nodes
        }
    }

    /// Whether a text stands as it is at an offset of the file.
    private func stands(_ text: UnsafeBufferPointer<UInt8>, at offset: Int) -> Bool {
        guard offset + text.count <= bytes.count else { return false }
        for index in 0..<text.count where bytes[offset + index] != text[index] { return false }
        return true
    }

    /// A block is shown by its first line, a plain text without the space behind it.
    private func shownEnd(of scalar: EventParser.Scalar, _ start: Int) -> Int {
        var end = max(start, min(place(scalar.end), bytes.count))
        if scalar.style == .literal || scalar.style == .folded {
            end = bytes[start..<end].firstIndex(of: UInt8(ascii: "\n")) ?? end
        }
        while end > start, Self.isSpace(bytes[end - 1]) { end -= 1 }
        return end
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    // MARK: Aliases

    private mutating func addCopy(of anchor: String, _ start: Int) throws(Refusal) {
        guard let index = anchors[anchor] else {
            let problem = "there is no anchor '&\(anchor)' before this alias"
            throw .unknownAlias(EventParser.Failure(problem: problem, offset: start))
        }
        let range = index..<Int(tree.nodes[index].next)
        copied += range.count
        guard copied <= TreeLimits.aliasNodes else { throw .aliases }
        guard tree.nodes.count + range.count <= TreeLimits.nodes else { throw .nodes }
        guard open.count + depth(of: range) <= TreeLimits.depth else { throw .depth }
        let start = tree.nodes.count
        copy(range)
        if let last = open.last, last.isMapping, last.expectsKey, tree.nodes[start].kind == .scalar {
            let text = Array(tree.text(YAMLTree.NodeID(start)).utf8)
            tree.nodes[start].symbol = text.withUnsafeBufferPointer { tree.symbols.intern($0) }
        }
        finish(tree.nodes[start].end)
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

    private mutating func begin(
        _ isMapping: Bool,
        _ isFlow: Bool,
        _ anchor: EventParser.Anchor?,
        _ start: UInt32
    ) throws(Refusal) {
        if isFlow { flowDepth += 1 }
        guard open.count < TreeLimits.depth, flowDepth <= TreeLimits.flowDepth else { throw .depth }
        try pay()
        if let anchor { _ = try name(of: anchor) }
        open.append(
            Open(
                node: tree.nodes.count,
                isMapping: isMapping,
                isFlow: isFlow,
                end: start,
                anchor: anchor == nil ? -1 : Int32(names.count - 1)
            )
        )
        tree.nodes.append(YAMLTree.Node(kind: isMapping ? .mapping : .sequence, start: start, end: start, next: 0))
    }

    /// Takes note of a node that is complete.
    private mutating func finish(_ end: UInt32) {
        let last = open.count - 1
        guard last >= 0 else { return }
        if end > open[last].end { open[last].end = end }
        if open[last].isMapping {
            if !open[last].expectsKey { open[last].count += 1 }
            open[last].expectsKey.toggle()
        } else {
            open[last].count += 1
        }
    }

    private mutating func close(_ end: Int) throws(Refusal) {
        guard let done = open.popLast() else { return }
        if done.isFlow { flowDepth -= 1 }
        let index = done.node
        tree.nodes[index].count = done.count
        tree.nodes[index].next = Int32(tree.nodes.count)
        // The mark of a block collection's end lies behind blank lines and comments.
        tree.nodes[index].end = done.isFlow ? UInt32(end) : done.end
        if done.isMapping { try settleMapping(index) }
        if done.anchor >= 0 { anchors[names[Int(done.anchor)]] = index }
        finish(tree.nodes[index].end)
    }
}
