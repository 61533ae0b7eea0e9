package import SheafModel

/// Reads manifest text as value trees; bad input gives diagnostics, never a thrown error.
package struct ManifestParser {
    /// Reads a file's bytes, as `TreeParser` does.
    ///
    /// - Parameters:
    ///   - bytes: The file's content, which should be UTF-8.
    ///   - file: How the file is shown in spans.
    /// - Returns: The documents that could be read, in order, lists of manifests taken apart; empty documents are
    ///   left out. The diagnostics are in the order of the text.
    package static func parse(
        _ bytes: [UInt8],
        file: String
    ) -> (documents: [ManifestNode], diagnostics: [Diagnostic]) {
        let (tree, diagnostics) = TreeParser.parse(bytes, file: file)
        return (tree.documents.map { ManifestNode(tree, $0) }, diagnostics)
    }
}
