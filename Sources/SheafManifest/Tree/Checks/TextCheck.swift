internal import SheafModel

/// Looks for text that is valid YAML, but surely means something else than its author thinks.
///
/// What depends on the kind of the manifest is left to its schema. A false alarm costs more here than a mistake that
/// is not seen: each check asks for more than one sign.
struct TextCheck {
    private let tree: YAMLTree
    private let bytes: UnsafeBufferPointer<UInt8>
    private var findings: [TextFinding] = []
    /// Aliases have copies of nodes at the same place.
    private var seen: Set<UInt32> = []

    static func findings(in tree: YAMLTree, _ bytes: UnsafeBufferPointer<UInt8>) -> [TextFinding] {
        var check = TextCheck(tree: tree, bytes: bytes)
        tree.nodes.withUnsafeBufferPointer { nodes in
            for index in nodes.indices where check.findings.count < TreeLimits.findings {
                let node = nodes[index]
                if node.kind == .sequence { check.checkFirstKeys(YAMLTree.NodeID(index)) }
                if node.kind == .scalar, node.end > node.start { check.check(node, index) }
            }
        }
        return check.findings + CommentCheck.findings(in: bytes)
    }

    private mutating func check(_ node: YAMLTree.Node, _ index: Int) {
        if node.symbol >= 0 {
            checkKey(node, index)
        } else if node.style == .plain {
            if node.isDecoded {
                report(node, LineCheck.finding(in: Int(node.start)..<Int(node.end), bytes))
            } else if node.count > 1 {
                let key = index > 0 && tree.nodes[index - 1].symbol >= 0 ? YAMLTree.NodeID(index - 1) : nil
                report(
                    node,
                    ScalarCheck.finding(in: Int(node.start)..<Int(node.end), bytes, key: key.map(tree.text))
                )
            }
        }
    }

    private mutating func report(_ node: YAMLTree.Node, _ finding: TextFinding?) {
        guard let finding, seen.insert(node.start).inserted else { return }
        findings.append(finding)
    }

    // MARK: Keys

    private mutating func checkKey(_ node: YAMLTree.Node, _ index: Int) {
        let end = Int(node.end)
        guard end < bytes.count, node.style == .plain else { return }
        if bytes[end] == .space || bytes[end] == .tab {
            let colon = bytes[end...].firstIndex { $0 != .space && $0 != .tab }
            if let colon, bytes[colon] == .colon, !isInBraces(index) {
                report(
                    node,
                    TextFinding(
                        .spaceBeforeColon,
                        "there is a space between the key '\(tree.text(YAMLTree.NodeID(index)))' and its colon",
                        at: Int(node.start)..<colon + 1,
                        help: "remove the space"
                    )
                )
            }
        }
        let first = bytes[Int(node.start)]
        if first == UInt8(ascii: "$") || first == .leftBrace { checkPlaceholder(node, index) }
    }

    private func isInBraces(_ index: Int) -> Bool {
        let parent = tree.nodes[..<index].last { $0.kind == .mapping && $0.next > Int32(index) }
        return parent.map { bytes[Int($0.start)] == .leftBrace } ?? false
    }

    /// `${{a: b}}`, of which YAML makes the key `${{a` and the value `b}}`.
    private mutating func checkPlaceholder(_ node: YAMLTree.Node, _ index: Int) {
        let key = tree.text(YAMLTree.NodeID(index))
        guard key.hasPrefix("${{") || key.hasPrefix("{{"), !key.contains("}}") else { return }
        let value = tree.nodes[Int(node.next)]
        let text = tree.text(YAMLTree.NodeID(Int(node.next)))
        guard value.kind == .scalar, text.hasSuffix("}}"), !text.contains("{{") else { return }
        report(
            node,
            TextFinding(
                .placeholderSplits,
                "the placeholder \(key): \(text) is read as the key '\(key)' with the value '\(text)'",
                at: Int(node.start)..<Int(max(value.end, node.end)),
                severity: .warning,
                help: "put it in quotes if it is one value, or write the pair without the braces"
            )
        )
    }

    // MARK: List items

    /// An item that begins with an empty key, where other items have a value for it.
    private mutating func checkFirstKeys(_ id: YAMLTree.NodeID) {
        var empty: [Int] = []
        var filled: Set<Int32> = []
        for element in tree.elements(id) where tree.isMapping(element) && tree.count(element) > 1 {
            let key = Int(element.index) + 1
            let value = tree.nodes[key].next
            if tree.isNull(YAMLTree.NodeID(Int(value))) {
                empty.append(key)
            } else {
                filled.insert(tree.nodes[key].symbol)
            }
        }
        for key in empty where filled.contains(tree.nodes[key].symbol) {
            let node = tree.nodes[key]
            report(
                node,
                TextFinding(
                    .nullFirstKey,
                    "the item begins with '\(tree.text(YAMLTree.NodeID(key)))', which has no value here",
                    at: Int(node.start)..<Int(node.end),
                    help: "give it a value, or indent the keys below if they belong to it"
                )
            )
        }
    }
}
