package import SheafModel

/// Reads the templates of stacks without running them: what the text alone tells to be wrong.
package enum StackTemplateCheck {
    /// Checks the templates of all stacks of a file.
    ///
    /// - Returns: Findings in the order of the text.
    package static func findings(in tree: YAMLTree) -> [Diagnostic] {
        let keys = (0..<tree.symbolCount).lazy.map { tree.name(YAMLTree.Symbol(number: Int32($0))) }
        // Only a file that has templates is worth making values of.
        guard keys.contains(where: { $0.lowercased().hasSuffix("template") }) else { return [] }
        return findings(in: tree.documents.map { ManifestNode(tree, $0) }, source: tree.source.bytes)
    }

    /// Checks the templates of all stacks among some manifests, also of those that stand in a bundle.
    ///
    /// - Parameters:
    ///   - documents: Manifests as they are written.
    ///   - source: The bytes of the file that they are of.
    /// - Returns: Findings in the order of the text.
    package static func findings(in documents: [ManifestNode], source: [UInt8]) -> [Diagnostic] {
        documents.flatMap(sections).flatMap { findings(inSection: $0, source: source) }
    }

    /// Checks the templates of one stack.
    ///
    /// - Parameters:
    ///   - section: The value of the manifest's `stack` key.
    ///   - source: The bytes of the file that it is of.
    /// - Returns: Findings in the order of the text.
    package static func findings(inSection section: ManifestNode, source: [UInt8]) -> [Diagnostic] {
        StackDefinition.templates(in: section, source: source).flatMap { template -> [Diagnostic] in
            if isPlaceholder(template.text) { return [] }
            var findings = TemplateFindings(template)
            let (tree, faults) = TemplateParser.parse(findings.text)
            for fault in faults { findings.report(fault) }
            if let tree {
                for fault in TemplateFieldCheck.faults(in: tree) {
                    findings.report(.templateValue, fault.message, fault.range, severity: .warning, help: fault.help)
                }
            }
            return findings.all.inFileOrder
        }
    }

    /// The sections of the stacks that a manifest defines.
    static func sections(of document: ManifestNode) -> [ManifestNode] {
        switch kind(of: document) {
        case "stack", "stacks": return [section("stack", of: document)].compactMap { $0 }
        case "bundle", "bundles":
            let items = section("bundle", of: document)?["resources"]?.elements ?? []
            return items.compactMap { $0["spec"] }.flatMap { item in
                kind(of: item)?.hasPrefix("stack") == true ? sections(of: item) : []
            }
        default: return []
        }
    }

    private static func kind(of document: ManifestNode) -> String? { section("type", of: document)?.text?.lowercased() }

    /// The value of a key in any case.
    private static func section(_ key: String, of document: ManifestNode) -> ManifestNode? {
        document.entries?.first { $0.key.lowercased() == key }?.value
    }

    /// Whether the whole text stands for a template that is still to be written.
    private static func isPlaceholder(_ text: String) -> Bool {
        guard !text.contains("\n") else { return false }
        let isBraced = text.hasPrefix("${{") || text.hasPrefix("${") || text.hasPrefix("<")
        return isBraced && (text.hasSuffix("}") || text.hasSuffix(">"))
    }
}
