package import SheafModel

/// The images and stacks that a bundle needs, by name and version.
package struct BundleParts: Sendable {
    package let images: [NamedVersion]
    package let stacks: [NamedVersion]
    /// Bundles in it or named by it.
    package let bundles: [String]

    /// Looks through the resources of a bundle; what secrets hold is left alone.
    package init(_ bundle: ResolvedBundle) {
        let ingredients = BundleIngredients(bundle)
        images = ingredients.images.map { text in
            let image = ImageReference(text)
            let version = [image.tag, image.digest.map { "@sha256:\($0)" }].compactMap { $0 }
            return NamedVersion(name: image.name, version: version.isEmpty ? nil : version.joined())
        }.sorted()
        stacks = ingredients.stacks.map { NamedVersion(name: $0.name, version: $0.version) }.sorted()
        bundles = ingredients.bundles.sorted()
    }
}
