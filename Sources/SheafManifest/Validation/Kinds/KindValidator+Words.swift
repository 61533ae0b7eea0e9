internal import SheafModel

/// Where findings point, and what they call things.
extension KindValidator {
    func reportSingle(_ single: Shape.Single, _ id: YAMLTree.NodeID, key: Int32) {
        guard single == .warned || single == .noted else { return }
        report(
            .convertedType,
            "'\(self.path(id))' is meant to be a list; taken as its only element",
            at: self.place(id, key),
            severity: single == .noted ? .note : nil
        )
    }

    /// Reports a value of another type than is wanted.
    func wrong(_ shape: Shape, _ id: YAMLTree.NodeID, key: Int32) {
        report(
            .wrongType,
            shape.words.message ?? "'\(self.path(id))' must be \(shape.wanted), but is \(self.tree.inWords(id))",
            at: self.place(id, key),
            help: shape.words.help
        )
    }

    /// The way from the manifest to a value, such as `service.ingress`.
    func path(_ id: YAMLTree.NodeID) -> String {
        let path = tree.path(from: root, to: id)
        return path.isEmpty ? "the manifest" : path
    }

    func name(_ id: YAMLTree.NodeID, _ key: Int32) -> String {
        key >= 0 ? tree.text(YAMLTree.NodeID(at: key)) : path(id)
    }

    /// Where to point for a value: mappings are pointed at their first key, which is where something may be missing.
    func place(_ id: YAMLTree.NodeID, _ key: Int32) -> SourceSpan {
        if tree.kind(id) == .scalar {
            return tree.span(tree.isNull(id) && key >= 0 ? YAMLTree.NodeID(at: key) : id)
        }
        let first = YAMLTree.NodeID(at: tree.firstChild(id))
        let isBlock = tree.kind(id) == .mapping && tree.count(id) > 0 && tree.start(first) == tree.start(id)
        return isBlock ? tree.span(first) : tree.span(id).firstLine
    }

    func keyOrValue(_ id: YAMLTree.NodeID, _ key: Int32) -> SourceSpan {
        key >= 0 ? tree.span(YAMLTree.NodeID(at: key)) : tree.span(id).firstLine
    }
}

extension Shape {
    /// What a value should be, in words.
    var wanted: String {
        var words: [String] = []
        if types.contains(.object) { words.append("a mapping") }
        if types.contains(.array) { words.append("a list") }
        if types.contains(.text) {
            words.append(types.contains(.integer) || types.contains(.boolean) ? "a single value" : "a text")
        } else if types.contains(.number) {
            words.append("a number")
        } else if types.contains(.integer) {
            words.append("a whole number")
        } else if types.contains(.boolean) {
            words.append("true or false")
        }
        return words.isEmpty ? "left out" : words.joined(separator: " or ")
    }
}

extension YAMLTree {
    /// The way from one node to another below it, with dots and numbers in brackets.
    func path(from root: NodeID, to node: NodeID) -> String {
        var text = ""
        var current = root
        while current != node, kind(current) != .scalar {
            let isMapping = kind(current) == .mapping
            var child = firstChild(current)
            var number = 0
            while child < end(current) {
                let value = isMapping ? end(child) : child
                if node.index < end(value) { break }
                child = end(value)
                number += 1
            }
            guard child < end(current) else { return text }
            let next = isMapping ? end(child) : child
            text += isMapping ? (text.isEmpty ? "" : ".") + self.text(NodeID(at: child)) : "[\(number)]"
            guard node.index >= next else { return text }
            current = NodeID(at: next)
        }
        return text
    }
}
