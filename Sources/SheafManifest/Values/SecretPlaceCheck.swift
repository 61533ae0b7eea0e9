internal import SheafModel

/// Looks for secrets where they would not stay secret: in what names a resource, or leads from one to another.
enum SecretPlaceCheck {
    /// Reports each resource that has a secret in its name, its references, its dependencies or its files.
    static func run(_ items: [LoadedItem], _ resources: [ResolvedResource], _ findings: inout Findings) {
        for (item, resource) in zip(items, resources) where holdsSecret(resource) {
            findings.report(
                .secretPlace,
                "'\(item.path.isEmpty ? resource.id.name : item.path)' has a secret in a name or in a reference",
                at: item.place,
                help: "names are shown everywhere: write them out, or take a value for them"
            )
        }
    }

    private static func holdsSecret(_ resource: ResolvedResource) -> Bool {
        var texts = [resource.item, resource.id.description]
        texts += resource.dependencies.map(\.resource.description)
        texts += resource.references.map(\.description)
        texts += resource.attachments.flatMap { [$0.name, $0.path] }
        return texts.contains(where: SecretReference.occurs)
    }
}
