internal import SheafModel

/// Looks for expressions that nothing has filled in.
///
/// What belongs to a stack or to a template engine may hold braces of its own and is left alone.
struct PlaceholderCheck {
    private static let opaqueKeys: Set<String> = ["stackSpec", "arguments", "command"]

    /// Reports each scalar and each key with `${{…}}` or `{{…}}` in a manifest's normal form.
    static func run(_ manifest: ReadManifest, _ findings: inout Findings) {
        for entry in manifest.node.entries ?? [] {
            // The whole definition of a stack is made of templates.
            if manifest.kind == .stack, entry.key == ResourceKind.stack.sectionKey { continue }
            if manifest.kind == .bundle, entry.key == ResourceKind.bundle.sectionKey {
                visitBundle(entry.value, &findings)
            } else {
                visit(entry, &findings)
            }
        }
    }

    /// The inline manifests of a bundle's items are checked by themselves.
    private static func visitBundle(_ section: ManifestNode, _ findings: inout Findings) {
        visit(section.removing("resources"), &findings)
        for item in section["resources"]?.elements ?? [] { visit(item.removing("spec"), &findings) }
    }

    private static func visit(_ entry: ManifestNode.Entry, _ findings: inout Findings) {
        if PlaceholderText.occursAsExpression(in: entry.key) { report(entry.key, entry.keySpan, &findings) }
        if opaqueKeys.contains(entry.key) || entry.key.lowercased().hasSuffix("template") { return }
        visit(entry.value, &findings)
    }

    private static func visit(_ node: ManifestNode, _ findings: inout Findings) {
        switch node.content {
        case .scalar(let scalar):
            if PlaceholderText.occursAsExpression(in: scalar.text) { report(scalar.text, node.span, &findings) }
        case .sequence(let elements):
            for element in elements { visit(element, &findings) }
        case .mapping(let entries):
            for entry in entries { visit(entry, &findings) }
        }
    }

    private static func report(_ text: String, _ span: SourceSpan, _ findings: inout Findings) {
        let shown = text.split(separator: "\n").first { $0.contains("{{") }.map(String.init) ?? text
        findings.report(
            .unresolvedPlaceholder,
            "the placeholder '\(shown.prefix(60))' is left unresolved",
            at: span,
            help: "replace it by a value"
        )
    }
}
