import SheafManifest

/// The JSON Schemas of manifests as an editor reads them from files of the product.
///
/// A manifest names its schema in a comment on its first line, relative to itself:
/// `# yaml-language-server: $schema=../.sheaf/schemas/service.json`. The folder `.sheaf` is no part of the product: git
/// and archives leave it out, and it can be written again at any time.
package struct EditorSchemas: Sendable, Hashable {
    /// Where the schemas are, from the root of the product.
    package static let folder = ".sheaf/schemas"
    private static let comment = "# yaml-language-server: $schema="

    /// No schemas, and no comments that name them.
    package static let none = EditorSchemas(documents: [:])

    /// The schemas that this program has.
    package static var current: EditorSchemas {
        EditorSchemas(documents: EditorSchema.all().mapValues(\.jsonText))
    }

    /// Name of a kind -> JSON Schema as JSON.
    package var documents: [String: String]

    package init(documents: [String: String]) { self.documents = documents }

    /// The schemas as files of the product, and one that keeps git from seeing them; none without schemas.
    package var files: [Template.File] {
        guard !documents.isEmpty else { return [] }
        let schemas = documents.sorted { $0.key < $1.key }.map { kind, text in
            Template.File(path: "\(Self.folder)/\(kind).json", text: text)
        }
        return [Template.File(path: ".sheaf/.gitignore", text: "*\n")] + schemas
    }

    /// A manifest without the comment on its first line if that names a schema which is not here.
    func keepingKnownComments(in text: String) -> String {
        guard text.hasPrefix(Self.comment), let end = text.firstIndex(of: "\n") else { return text }
        let named = text[..<end].split(separator: "/").last.map { $0.replacing(".json", with: "") } ?? ""
        return documents[String(named)] == nil ? String(text[text.index(after: end)...]) : text
    }
}
