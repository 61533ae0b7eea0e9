package import SheafModel

/// The documents that the references of schemas may lead to, by URI; nothing is fetched.
package struct SchemaRegistry: Sendable {
    /// A schema as a part of a tree.
    struct Document: Sendable {
        var tree: YAMLTree
        var root: YAMLTree.NodeID
        /// Where the document is said to come from.
        var uri: String
    }

    private(set) var documents: [String: Document] = [:]

    /// Makes an empty registry.
    package init() {}

    /// Adds a document.
    ///
    /// - Parameters:
    ///   - tree: The document's text as a tree; JSON is YAML.
    ///   - uri: Where it comes from; its `$id` counts as well.
    package mutating func add(_ tree: YAMLTree, uri: String) {
        guard let root = tree.documents.first else { return }
        documents[Self.key(uri)] = Document(tree: tree, root: root, uri: uri)
        if let id = tree.value(root, "$id") ?? tree.value(root, "id"), tree.isScalar(id) {
            let absolute = SchemaURI(uri).resolving(tree.text(id)).document
            if documents[absolute] == nil { documents[absolute] = Document(tree: tree, root: root, uri: uri) }
        }
    }

    /// Parses a document and adds it.
    ///
    /// - Returns: What is wrong with its text; a document with errors is not added.
    @discardableResult
    package mutating func add(_ bytes: [UInt8], uri: String) -> [Diagnostic] {
        let (tree, diagnostics) = TreeParser.parse(bytes, file: uri)
        if !diagnostics.hasErrors { add(tree, uri: uri) }
        return diagnostics
    }

    subscript(uri: String) -> Document? { documents[uri] ?? documents[Self.key(uri)] }

    private static func key(_ uri: String) -> String { SchemaURI(uri).document }
}

extension SchemaRegistry {
    /// The meta-schemas of draft 7 and draft 2020-12.
    package static let metaSchemas: SchemaRegistry = {
        var registry = SchemaRegistry()
        for name in EmbeddedSchemas.names where name.hasPrefix("http") {
            if let bytes = EmbeddedSchemas.bytes(name) { registry.add(bytes, uri: name) }
        }
        return registry
    }()
}
