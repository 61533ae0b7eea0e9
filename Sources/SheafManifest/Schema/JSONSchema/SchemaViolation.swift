/// That a node of a tree is not as a schema wants it.
package struct SchemaViolation: Hashable, Sendable {
    /// What to point at: the value, or the key that should not be there.
    package var node: YAMLTree.NodeID
    /// The keyword that refuses it, such as `required`; `false` for a schema that refuses everything.
    package var keyword: String
    /// Where that keyword's schema stands, as a JSON pointer into its document.
    package var schemaPointer: String
    /// What is wrong, in words, to be put behind the name of the value: `must be a text, but is a list`.
    package var message: String
    /// The keys that would be right, for a key that is wrong; the words that would be, for a text.
    package var candidates: [String]
}
