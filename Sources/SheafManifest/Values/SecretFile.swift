package import SheafModel

/// Secrets from a file: a mapping of names to texts.
///
/// Messages about the file name places and keys, and show nothing that stands in it.
package struct SecretFile: SecretSource {
    private let file: String
    private var secrets: [String: (value: SecretText, line: Int)] = [:]

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - bytes: The file's content.
    ///   - file: How the file is shown.
    /// - Throws: `DiagnosticsError` that has all that is wrong.
    package init(_ bytes: [UInt8], file: String) throws {
        self.file = file
        let (tree, diagnostics) = TreeParser.parse(bytes, file: file)
        var findings = Findings()
        // The parser's own words may quote the text.
        for diagnostic in diagnostics where diagnostic.severity == .error {
            findings.report(.notValues, "the file of secrets is no valid YAML here", at: diagnostic.span)
        }
        if tree.documents.count > 1 {
            findings.report(
                .notValues,
                "a file of secrets holds one mapping",
                at: tree.span(tree.documents[1]).firstLine
            )
        }
        if let document = tree.documents.first { read(tree, document, &findings) }
        guard !findings.hasErrors else { throw DiagnosticsError(findings.inFileOrder) }
    }

    private mutating func read(_ tree: YAMLTree, _ document: YAMLTree.NodeID, _ findings: inout Findings) {
        guard tree.isMapping(document) else {
            findings.report(
                .notValues,
                "a file of secrets must hold a mapping",
                at: tree.span(document).firstLine,
                help: "write 'NAME: value' lines"
            )
            return
        }
        for entry in tree.entries(document) {
            let name = tree.text(entry.key)
            guard SecretReference(name: name) != nil else {
                findings.report(
                    .notValues,
                    "a name in the file of secrets has other characters than letters, digits, '_', '-' and '.'",
                    at: tree.span(entry.key)
                )
                continue
            }
            guard tree.isScalar(entry.value), !tree.isNull(entry.value), !tree.text(entry.value).isEmpty else {
                findings.report(
                    .notValues,
                    "the secret '\(name)' must be a text that is not empty",
                    at: tree.span(entry.key)
                )
                continue
            }
            secrets[name] = (SecretText(tree.text(entry.value)), tree.span(entry.key).line)
        }
    }

    package var secretNames: [String] { secrets.keys.sorted() }

    package func origin(ofSecret name: String) -> String? { secrets[name].map { "\(file):\($0.line)" } }

    package func secret(_ name: String) -> SecretText? { secrets[name]?.value }
}
