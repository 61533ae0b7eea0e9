import FoundationEssentials
import SheafModel

/// The content of `sbom.cdx.json`: a CycloneDX 1.6 bill of materials.
///
/// It follows from what else is in the archive, so equal archives have equal ones: there is no time in it, and its
/// serial number is made from digests.
struct BillOfMaterials: Sendable {
    /// Something that the bundle needs, or the bundle itself.
    private struct Component: Encodable {
        struct Hash: Encodable {
            var alg = "SHA-256"
            var content: String
        }

        enum Kind: String, Encodable { case application, container, platform }

        var reference: String?
        var hashes: [Hash]?
        var name: String
        var purl: String?
        var type: Kind
        var version: String?

        enum CodingKeys: String, CodingKey {
            case reference = "bom-ref"
            case hashes, name, purl, type, version
        }
    }

    private struct Composition: Encodable {
        var aggregate: String
        var assemblies: [String]
    }

    private struct Dependency: Encodable {
        var ref: String
        var dependsOn: [String]
    }

    private struct Metadata: Encodable {
        struct Tools: Encodable { var components: [Component] }

        var component: Component
        var tools: Tools
    }

    static let format = "CycloneDX"
    static let specification = "1.6"
    private static let schema = "http://cyclonedx.org/schema/bom-1.6.schema.json"
    /// The reference of the bundle itself; those of other components have a colon.
    private static let root = "bundle"

    let bundle: ResolvedBundle
    /// Of the release.
    let version: String
    /// Of `resolved.json`.
    let resolved: Digest
    /// The index's rows below `files/`.
    let files: [ArchiveIndex.Row]
    /// Of those rows, as the provenance has it.
    let filesDigest: Digest

    /// The canonical JSON.
    ///
    /// - Throws: `EncodingError` never in practice.
    /// - Complexity: O(n) in the files, which are written by hand, since there may be many thousands.
    func encoded() throws -> [UInt8] {
        let ingredients = BundleIngredients(bundle)
        let others = components(of: ingredients)
        var text: [UInt8] = []
        text.reserveCapacity(4096 + files.reduce(0) { $0 + $1.path.utf8.count + 140 })
        text += Array(#"{"$schema":"\#(Self.schema)","bomFormat":"\#(Self.format)","components":["#.utf8)
        var isFirst = true
        for component in others {
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            text += try CanonicalJSON.encode(component)
        }
        for row in files {
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            try append(row, to: &text)
        }
        text += Array(#"],"compositions":"#.utf8)
        text += try CanonicalJSON.encode([Composition(aggregate: "complete", assemblies: [Self.root])])
        text += Array(#","dependencies":"#.utf8)
        text += try CanonicalJSON.encode(dependencies(of: ingredients, on: others))
        text += Array(#","metadata":"#.utf8)
        text += try CanonicalJSON.encode(metadata)
        let end =
            #","serialNumber":"urn:uuid:\#(serial)","specVersion":"\#(Self.specification)","version":1}"#
        return text + Array(end.utf8)
    }

    private var metadata: Metadata {
        // The program without its version: another one makes the same archive.
        let sheaf = Component(name: "sheaf", type: .application)
        return Metadata(
            component: Component(reference: Self.root, name: bundle.name, type: .application, version: version),
            tools: Metadata.Tools(components: [sheaf])
        )
    }

    /// The same for the same release, and another for every other.
    private var serial: String {
        NameBasedUUID.of("urn:sheaf:sbom:\(resolved.hex):\(filesDigest.hex):\(version)")
    }

    private func components(of ingredients: BundleIngredients) -> [Component] {
        let images = ingredients.images.sorted().map { text in
            if let file = ingredients.imageFiles[text] {
                let hash = Component.Hash(content: file.hex)
                return Component(reference: Self.reference(image: text), hashes: [hash], name: text, type: .container)
            }
            let image = ImageReference(text)
            return Component(
                reference: Self.reference(image: text),
                hashes: image.digest.map { [Component.Hash(content: $0)] },
                name: image.name,
                purl: image.packageURL,
                type: .container,
                version: image.tag ?? image.digest.map { "sha256:\($0)" }
            )
        }
        let stacks = ingredients.stacks.sorted { $0.text < $1.text }.map { stack in
            Component(
                reference: Self.reference(stack: stack),
                name: stack.name,
                type: .platform,
                version: stack.version
            )
        }
        let bundles = ingredients.bundles.sorted().map { name in
            Component(reference: "bundle:\(name)", name: name, type: .application)
        }
        return images + stacks + bundles
    }

    /// That the bundle needs all, and that a stack that it defines needs its image.
    ///
    /// What images need is not known here.
    private func dependencies(of ingredients: BundleIngredients, on others: [Component]) -> [Dependency] {
        let all = Dependency(ref: Self.root, dependsOn: others.compactMap(\.reference))
        let stacks = ingredients.stackImages.sorted { $0.key.text < $1.key.text }.map { stack, image in
            Dependency(ref: Self.reference(stack: stack), dependsOn: [Self.reference(image: image)])
        }
        return [all] + stacks
    }

    private static func reference(image: String) -> String { "image:\(image)" }

    private static func reference(stack: BundleIngredients.Stack) -> String { "stack:\(stack.text)" }

    /// Writes one file with its digest, or a link with its target.
    private func append(_ row: ArchiveIndex.Row, to text: inout [UInt8]) throws {
        let path = row.path.utf8.dropFirst(ArchiveLayout.files.utf8.count)
        text.append(UInt8(ascii: "{"))
        if let digest = row.digest {
            text += Array(#""hashes":[{"alg":"SHA-256","content":""#.utf8)
            text += Array(digest.hex.utf8)
            text += Array(#""}],"#.utf8)
        }
        text += Array(#""name":"#.utf8)
        try append(Array(path), to: &text)
        if let target = row.target {
            text += Array(#","properties":[{"name":"sheaf:linkTarget","value":"#.utf8)
            try append(Array(target.utf8), to: &text)
            text += Array("}]".utf8)
        }
        text += Array(#","type":"file"}"#.utf8)
    }

    private func append(_ name: [UInt8], to text: inout [UInt8]) throws {
        let isPlain = name.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\"") && $0 != 0x5c }
        guard isPlain else {
            text += try CanonicalJSON.encode(name.asText)
            return
        }
        text.append(UInt8(ascii: "\""))
        text += name
        text.append(UInt8(ascii: "\""))
    }
}
