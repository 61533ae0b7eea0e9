internal import SheafModel

/// Looks for credentials that stand in manifests, where everyone who has the archive can read them.
enum LiteralSecretCheck {
    /// Finds at most one in each resource, the first in the order of its manifest.
    ///
    /// - Parameter items: All items of a bundle, in their normal form.
    /// - Returns: Warnings that point at the values, in file order; the values themselves are not in them.
    static func findings(in items: [LoadedItem]) -> [Diagnostic] {
        var findings = Findings()
        for item in items {
            guard let entry = credentials(of: item).first(where: { isLiteral($0.value) }) else { continue }
            findings.report(
                .literalSecret,
                "\(item.id) holds the value of '\(entry.key)', which everyone can read who has the archive",
                at: entry.valueSpan,
                help: "keep real secrets out of what is packed, and change those that were committed"
            )
        }
        return findings.inFileOrder
    }

    private static func credentials(of item: LoadedItem) -> [ManifestNode.Entry] {
        guard let section = item.manifest.section?.value else { return [] }
        switch item.id.kind {
        case .secret, .instanceSecret: return section["data"]?.entries ?? []
        case .depot:
            return (section["connectionSecret"]?.elements ?? []).flatMap { $0["data"]?.entries ?? [] }
        default: return []
        }
    }

    private static func isLiteral(_ value: ManifestNode) -> Bool {
        guard let text = value.text, !text.isEmpty else { return false }
        return !PlaceholderText.isMeant(by: text)
    }
}
