internal import SheafModel

/// Settles the workspace of a bundle's item: the item's own, else the manifest's, else `public`.
enum WorkspaceRule {
    /// The workspace, or nil for kinds of the instance and unknown ones.
    static func workspace(
        of kind: ResourceKind?,
        own: DependencyCheck.Name?,
        item: BundleItem,
        _ findings: inout Findings
    ) -> DependencyCheck.Name? {
        guard let kind, !kind.isInstanceLevel else { return nil }
        switch (item.workspace, own) {
        case (.some(let given), .some(let own)) where given.text != own.text:
            findings.report(
                .workspaceDiffers,
                "the item says workspace '\(given.text)', the manifest '\(own.text)'; '\(given.text)' is taken",
                at: given.span,
                related: [.init(message: "the manifest's workspace", span: own.span)]
            )
            return given
        case (.some(let given), _): return given
        case (nil, .some(let own)):
            findings.report(
                .workspaceInManifest,
                "'\(item.id.text)' has its workspace '\(own.text)' from its manifest",
                at: item.id.span,
                help: "add 'workspace: \(own.text)' to the item"
            )
            return own
        case (nil, nil):
            findings.report(
                .missingWorkspace,
                "'\(item.id.text)' is a \(kind.rawValue) and needs a workspace",
                at: item.id.span,
                help: "add 'workspace: public', or another one, to the item"
            )
            return .init(text: "public", span: item.id.span)
        }
    }
}
