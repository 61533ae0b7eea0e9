internal import SheafModel

/// What is settled once a mapping is complete: keys that are no texts, repeated keys, merges, placeholders.
extension TreeBuilder {
    /// Checks a mapping whose nodes are the last of the tree, and writes it anew where something is unusual.
    mutating func settleMapping(_ index: Int) throws(Refusal) {
        if replacePlaceholder(index) { return }
        var isUnusual = false
        var key = index + 1
        while key < tree.nodes.count {
            let node = tree.nodes[key]
            if node.kind != .scalar || isRepeated(node.symbol, in: index) || isMerge(node) { isUnusual = true }
            key = Int(tree.nodes[Int(node.next)].next)
        }
        if isUnusual { try rewrite(index) }
    }

    private mutating func isRepeated(_ symbol: Int32, in mapping: Int) -> Bool {
        let place = Int(symbol)
        while lastMapping.count <= place { lastMapping.append(-1) }
        defer { lastMapping[place] = Int32(mapping) }
        return lastMapping[place] == Int32(mapping)
    }

    private func isMerge(_ key: YAMLTree.Node) -> Bool {
        guard key.count == 2, key.style == .plain, tree.nodes[Int(key.next)].kind != .scalar else { return false }
        return tree.withText(of: key) { $0[0] == UInt8(ascii: "<") && $0[1] == UInt8(ascii: "<") }
    }

    // MARK: Placeholders

    /// Turns `{{x}}` without quotes, which YAML reads as a mapping in a mapping, into the text that was meant.
    private mutating func replacePlaceholder(_ index: Int) -> Bool {
        let first = index + 1
        guard first < tree.nodes.count, tree.nodes[first].kind == .mapping else { return false }
        let bytes = tree.source.bytes
        let start = Int(tree.nodes[index].start)
        let brace = UInt8(ascii: "{")
        guard start + 2 < bytes.count, bytes[start] == brace, bytes[start + 1] == brace else { return false }
        let closing = UInt8(ascii: "}")
        guard
            let end = (start + 2..<min(bytes.count - 1, start + TreeLimits.placeholderLength)).first(where: {
                bytes[$0] == UInt8(ascii: "\n") || bytes[$0] == closing && bytes[$0 + 1] == closing
            }), bytes[end] == closing
        else { return false }
        tree.nodes.removeLast(tree.nodes.count - first)
        tree.nodes[index] = YAMLTree.Node(
            kind: .scalar,
            style: .doubleQuoted,
            start: UInt32(start),
            end: UInt32(end + 2),
            textStart: UInt32(start),
            count: UInt32(end + 2 - start),
            next: Int32(index + 1)
        )
        guard hasRoom else { return true }
        let text = tree.text(YAMLTree.NodeID(index))
        report(
            .unquotedPlaceholder,
            "the placeholder \(text) without quotes is read as a mapping",
            at: tree.span(YAMLTree.NodeID(index)),
            help: "put it in quotes: \"\(text)\"",
            fix: Self.quoting(text, at: tree.span(YAMLTree.NodeID(index)))
        )
        return true
    }

    private static func quoting(_ text: String, at span: SourceSpan) -> Diagnostic.Fix? {
        guard !text.contains("\""), !text.contains("\\") else { return nil }
        return Diagnostic.Fix(title: "put it in quotes", replacing: span, by: "\"\(text)\"", isSafe: true)
    }

    // MARK: Unusual mappings

    private struct Pair {
        var key: Int
        var value: Range<Int>
    }

    /// Writes the mapping without what cannot stay, and with what is merged into it.
    private mutating func rewrite(_ index: Int) throws(Refusal) {
        moves -= tree.nodes.count - index
        guard moves >= 0 else { throw .moves }
        var kept: [Pair] = []
        var merged: [Pair] = []
        var first: [Int32: Int] = [:]
        for pair in pairs(of: index, end: tree.nodes.count) {
            let key = tree.nodes[pair.key]
            if key.kind != .scalar {
                reportComplexKey(pair.key)
            } else if isMerge(key) {
                merged += mergedPairs(pair.value.lowerBound)
            } else if let earlier = first[key.symbol] {
                reportRepetition(pair.key, first: earlier)
            } else {
                first[key.symbol] = pair.key
                kept.append(pair)
            }
        }
        // What is written in the mapping itself wins over what is merged into it, earlier merges over later ones.
        for pair in merged where first[tree.nodes[pair.key].symbol] == nil {
            first[tree.nodes[pair.key].symbol] = pair.key
            kept.append(pair)
        }
        let end = tree.nodes.count
        for pair in kept {
            copy(pair.key..<pair.key + 1)
            copy(pair.value)
        }
        tree.nodes.removeSubrange(index + 1..<end)
        let removed = Int32(end - index - 1)
        for place in (index + 1)..<tree.nodes.count { tree.nodes[place].next -= removed }
        tree.nodes[index].count = UInt32(kept.count)
        tree.nodes[index].next = Int32(tree.nodes.count)
    }

    private func pairs(of index: Int, end: Int) -> [Pair] {
        var pairs: [Pair] = []
        var key = index + 1
        while key < end {
            let value = Int(tree.nodes[key].next)
            let next = Int(tree.nodes[value].next)
            pairs.append(Pair(key: key, value: value..<next))
            key = next
        }
        return pairs
    }

    /// The pairs of a mapping, or of the mappings of a list, that is merged.
    private func mergedPairs(_ index: Int) -> [Pair] {
        let node = tree.nodes[index]
        if node.kind == .mapping { return pairs(of: index, end: Int(node.next)) }
        guard node.kind == .sequence else { return [] }
        return tree.elements(YAMLTree.NodeID(index)).flatMap { mergedPairs(Int($0.index)) }
    }

    private mutating func reportRepetition(_ key: Int, first: Int) {
        guard hasRoom else { return }
        let id = YAMLTree.NodeID(key)
        report(
            .duplicateKey,
            "the key '\(tree.text(id))' is given twice",
            at: tree.span(id),
            help: "remove one of the two, or merge them",
            related: [.init(message: "first defined here", span: tree.span(YAMLTree.NodeID(first)))]
        )
    }

    private mutating func reportComplexKey(_ key: Int) {
        guard hasRoom else { return }
        let start = Int(tree.nodes[key].start)
        let line = tree.source.lineRange(tree.source.line(at: start))
        report(
            .keyNotText,
            "a key must be a text, this one is a list or a mapping",
            at: tree.source.span(start..<max(start, line.upperBound))
        )
    }
}
