internal import SheafModel

/// One value given on the command line: `--set image.tag=1.2`.
package struct ValueSetting: Sendable, Hashable {
    /// Below `values`.
    let path: [ValueStep]
    let value: ManifestNode.Scalar

    /// How it is called in messages and in the history, without its value.
    package var name: String { "--set \(path.text)" }

    /// Reads `PATH=VALUE`; nil when the text has no path, or one that leads into a list.
    ///
    /// - Parameters:
    ///   - text: The path has dots, `["a key"]` where a key has other characters; the value is all behind the first `=`.
    ///   - isText: Whether the value is a text whatever it looks like. Otherwise YAML's rules decide; `null` removes
    ///     the value, and nothing at all is an empty text.
    package init?(_ text: String, isText: Bool = false) {
        guard let equals = text.firstIndex(of: "="), let path = Expression.path(text[..<equals]),
            path.allSatisfy({ if case .key = $0 { true } else { false } })
        else { return nil }
        let written = String(text[text.index(after: equals)...])
        let isPlain = !isText && !written.isEmpty
        self.path = path
        value = .init(
            value: isPlain ? ScalarResolver.resolve(written) : .string(written),
            text: written,
            isPlain: isPlain
        )
    }

    /// The setting as values that hold nothing else.
    var values: ManifestNode {
        let span = SourceSpan(elsewhere: name)
        var node = ManifestNode(.scalar(value), span: span)
        for case .key(let key) in path.reversed() {
            node = ManifestNode(.mapping([.init(key: key, keySpan: span, value: node)]), span: span)
        }
        return node
    }
}
