package import SheafModel

/// A manifest document's tree; every scalar, key and collection knows its span.
///
/// Validation turns one tree into another, its normal form, so that positions survive until the last check.
package struct ManifestNode: Hashable, Sendable {
    /// A scalar as it was meant and as it was written.
    package struct Scalar: Hashable, Sendable {
        /// By the core schema of YAML 1.2; timestamps, cron lines and `yes`/`no` are strings.
        package var value: JSONValue
        /// The text without quotes, so that `1.10` is not lost where a text is wanted.
        package var text: String
        /// Whether it was written without quotes and not as a block.
        package var isPlain: Bool

        package init(value: JSONValue, text: String, isPlain: Bool) {
            self.value = value
            self.text = text
            self.isPlain = isPlain
        }
    }

    /// One `key: value` of a mapping.
    package struct Entry: Hashable, Sendable {
        package var key: String
        package var keySpan: SourceSpan
        package var value: ManifestNode

        package init(key: String, keySpan: SourceSpan, value: ManifestNode) {
            self.key = key
            self.keySpan = keySpan
            self.value = value
        }

        /// Where to point for the value: the key when the value is empty and so has no text of its own.
        package var valueSpan: SourceSpan { value.isNull ? keySpan : value.span }
    }

    package enum Content: Hashable, Sendable {
        case scalar(Scalar)
        case sequence([ManifestNode])
        /// In the order of the text; keys are unique.
        case mapping([Entry])
    }

    package var content: Content
    package var span: SourceSpan

    package init(_ content: Content, span: SourceSpan) {
        self.content = content
        self.span = span
    }

    /// Makes a text scalar, for normal forms.
    package init(text: String, span: SourceSpan) {
        self.init(.scalar(Scalar(value: .string(text), text: text, isPlain: false)), span: span)
    }
}

extension ManifestNode {
    /// The scalar, or nil for collections.
    package var scalar: Scalar? {
        guard case .scalar(let scalar) = content else { return nil }
        return scalar
    }

    /// The text of a scalar that is not null, whatever its type; nil for collections.
    package var text: String? {
        guard let scalar, scalar.value != .null else { return nil }
        return scalar.text
    }

    /// Whether this is an empty value, `~` or `null`.
    package var isNull: Bool { scalar?.value == .null }

    /// The entries of a mapping, or nil.
    package var entries: [Entry]? {
        guard case .mapping(let entries) = content else { return nil }
        return entries
    }

    /// The elements of a sequence, or nil.
    package var elements: [ManifestNode]? {
        guard case .sequence(let elements) = content else { return nil }
        return elements
    }

    /// The value of a mapping's key; nil when this is no mapping or has no such key.
    package subscript(key: String) -> ManifestNode? { entry(key)?.value }

    /// The entry of a mapping's key; nil when this is no mapping or has no such key.
    package func entry(_ key: String) -> Entry? { entries?.first { $0.key == key } }

    /// The same mapping without a key; anything else unchanged.
    package func removing(_ key: String) -> ManifestNode {
        guard let entries else { return self }
        return ManifestNode(.mapping(entries.filter { $0.key != key }), span: span)
    }

    /// The same mapping with a key set, in its old place or at the end; anything else unchanged.
    package func setting(_ key: String, to value: ManifestNode) -> ManifestNode {
        guard var entries else { return self }
        if let index = entries.firstIndex(where: { $0.key == key }) {
            entries[index].value = value
        } else {
            entries.append(Entry(key: key, keySpan: value.span, value: value))
        }
        return ManifestNode(.mapping(entries), span: span)
    }

    /// The tree as a JSON value, without positions.
    package var json: JSONValue {
        switch content {
        case .scalar(let scalar): scalar.value
        case .sequence(let elements): .array(elements.map(\.json))
        case .mapping(let entries):
            .object(Dictionary(entries.map { ($0.key, $0.value.json) }, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// What this is, for messages: `a mapping`, `a list`, `the number 5`, `the text 'x'`, `empty`.
    package var kindInWords: String {
        switch content {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let scalar):
            switch scalar.value {
            case .null: "empty"
            case .bool: "the boolean \(scalar.text)"
            case .integer, .number: "the number \(scalar.text)"
            default: "the text '\(scalar.text.prefix(40))'"
            }
        }
    }
}
