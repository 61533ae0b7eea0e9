package import SheafModel

/// Validates manifests by themselves, bundles or not: what they refer to is not read.
package struct ManifestValidator {
    /// Validates a file.
    ///
    /// - Parameters:
    ///   - bytes: The file's content.
    ///   - file: How the file is shown in the diagnostics.
    /// - Returns: Everything that is wrong or doubtful, in the order of the text; empty for a good manifest.
    package static func validate(_ bytes: [UInt8], file: String) -> [Diagnostic] {
        var findings = Findings()
        let (documents, diagnostics) = ManifestParser.parse(bytes, file: file)
        findings.append(diagnostics)
        if documents.isEmpty, !findings.hasErrors {
            let start = SourceSpan(file: file, line: 1, column: 1, endLine: 1, endColumn: 2)
            findings.report(.empty, "the file holds no manifest", at: start)
        }
        for document in documents { validate(document, &findings) }
        findings.append(StackTemplateCheck.findings(in: documents, source: bytes))
        return findings.inFileOrder
    }

    private static func validate(_ tree: ManifestNode, _ findings: inout Findings) {
        guard let manifest = ManifestReader(mode: .draft).read(tree, &findings) else { return }
        check(manifest, &findings)
    }

    private static func check(_ manifest: ReadManifest, _ findings: inout Findings) {
        switch manifest.kind {
        case .workflow: WorkflowCheck(mode: .draft).run(manifest.section, &findings)
        case .bundle: checkBundle(manifest, &findings)
        default: break
        }
    }

    private static func checkBundle(_ bundle: ReadManifest, _ findings: inout Findings) {
        let items = BundleItem.items(of: bundle.section?.value)
        reportEmptiness(of: bundle, &findings)
        var facts: [String: BundleCheck.Facts] = [:]
        for item in items {
            // A placeholder for the whole manifest is left to the reader of the template.
            guard let spec = item.spec, spec.entries != nil else { continue }
            guard let manifest = ManifestReader(mode: .draft).read(spec, &findings) else { continue }
            facts[item.id.text] = BundleCheck.Facts(manifest)
            _ = WorkspaceRule.workspace(of: manifest, item: item, &findings)
            check(manifest, &findings)
        }
        BundleCheck(mode: .draft).run(items, facts: facts, &findings)
    }

    /// Warns of a bundle without resources, which only makes workspaces.
    static func reportEmptiness(of bundle: ReadManifest, _ findings: inout Findings) {
        guard let resources = bundle.section?.value.entry("resources"), resources.value.elements?.isEmpty == true
        else { return }
        findings.report(.emptyList, "the bundle has no resources", at: resources.keySpan)
    }
}
