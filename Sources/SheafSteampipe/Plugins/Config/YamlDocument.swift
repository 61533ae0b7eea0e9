import Yams

/// The first document of a YAML or JSON file.
package struct YamlDocument {
    /// A scalar, or an empty list or mapping, with the keys that lead to it.
    package struct Leaf: Hashable, Sendable {
        package var keys: [String]
        package var value: String?
        /// Such as `!!str`.
        package var tag: String
        package var line: Int
        package var column: Int

        /// The keys with dots between them and only letters, digits and `_` in them.
        package var keyPath: String {
            keys.map { key in
                String(
                    String.UnicodeScalarView(
                        key.unicodeScalars.map {
                            $0.isASCII && ($0.properties.isAlphabetic || $0 == "_" || $0.properties.numericType != nil)
                                ? $0 : "_"
                        }
                    )
                )
            }.joined(separator: ".")
        }

        package var keysJson: String { "[\(keys.map(YamlDocument.jsonText).joined(separator: ","))]" }
    }

    private static let deepest = 200
    private static let mostLeaves = 1_000_000

    private let root: Node?
    private let path: String

    /// - Throws: `SteampipeError` when the text is no YAML.
    package init(_ text: String, path: String) throws {
        self.path = path
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw SteampipeError("steampipe.invalid-yaml", "failed to parse file: \(path): \(error)")
        }
    }

    // MARK: Leaves

    /// All leaves, in the order of the file.
    package var leaves: [Leaf] {
        get throws {
            var leaves: [Leaf] = []
            if let root { try collect(root, [], &leaves) }
            return leaves
        }
    }

    private func collect(_ node: Node, _ keys: [String], _ leaves: inout [Leaf]) throws {
        guard keys.count < Self.deepest, leaves.count < Self.mostLeaves else { throw tooBig }
        switch node {
        case .mapping(let mapping) where !mapping.isEmpty:
            for (key, value) in mapping { try collect(value, keys + [key.scalar?.string ?? ""], &leaves) }
        case .sequence(let sequence) where !sequence.isEmpty:
            for (index, value) in sequence.enumerated() { try collect(value, keys + [String(index)], &leaves) }
        default:
            let value: String?
            switch node {
            case .scalar(let scalar): value = Self.isNull(node) ? nil : scalar.string
            case .mapping: value = "{}"
            case .sequence: value = "[]"
            case .alias: throw unknownAlias
            }
            leaves.append(
                Leaf(
                    keys: keys,
                    value: value,
                    tag: Self.shortTag(node),
                    line: node.mark?.line ?? 0,
                    column: node.mark?.column ?? 0
                )
            )
        }
    }

    // MARK: JSON

    /// The document as JSON.
    package func json() throws -> String {
        guard let root else { return "null" }
        var text = ""
        try write(root, into: &text, depth: 0)
        return text
    }

    private func write(_ node: Node, into text: inout String, depth: Int) throws {
        guard depth < Self.deepest, text.utf8.count < 256 << 20 else { throw tooBig }
        switch node {
        case .mapping(let mapping):
            text += "{"
            for (index, pair) in mapping.enumerated() {
                if index > 0 { text += "," }
                text += Self.jsonText(pair.key.scalar?.string ?? "") + ":"
                try write(pair.value, into: &text, depth: depth + 1)
            }
            text += "}"
        case .sequence(let sequence):
            text += "["
            for (index, value) in sequence.enumerated() {
                if index > 0 { text += "," }
                try write(value, into: &text, depth: depth + 1)
            }
            text += "]"
        case .scalar(let scalar): text += Self.json(of: node, scalar.string)
        case .alias: throw unknownAlias
        }
    }

    private static func json(of node: Node, _ string: String) -> String {
        if isNull(node) { return "null" }
        switch shortTag(node) {
        case "!!bool": return node.bool.map { $0 ? "true" : "false" } ?? jsonText(string)
        case "!!int": return node.int.map(String.init) ?? jsonText(string)
        case "!!float":
            guard let value = node.float, value.isFinite else { return jsonText(string) }
            return String(value)
        default: return jsonText(string)
        }
    }

    private static func isNull(_ node: Node) -> Bool { shortTag(node) == "!!null" }

    private static func shortTag(_ node: Node) -> String {
        let long = node.tag.description
        let prefix = "tag:yaml.org,2002:"
        return long.hasPrefix(prefix) ? "!!\(long.dropFirst(prefix.count))" : long
    }

    /// A text as JSON writes it.
    static func jsonText(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<" ": result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private var tooBig: SteampipeError {
        SteampipeError("steampipe.document-too-big", "\(path) is nested too deeply, or too big")
    }

    private var unknownAlias: SteampipeError {
        SteampipeError("steampipe.unknown-alias", "\(path) refers to an anchor that is not there")
    }
}
