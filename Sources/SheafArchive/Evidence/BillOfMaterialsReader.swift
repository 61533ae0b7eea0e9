import FoundationEssentials
import SheafModel

/// What a reader needs of a bill of materials that another program may have written.
struct BillOfMaterialsReader: Decodable {
    private struct Hash: Decodable {
        var alg: String
        var content: String
    }

    private struct Component: Decodable {
        var type: String
        var name: String
        var version: String?
        var hashes: [Hash]?
    }

    private struct Metadata: Decodable { var component: Component }

    private var bomFormat: String
    private var specVersion: String
    private var metadata: Metadata
    private var components: [Component]

    /// Whether the content of `sbom.cdx.json` is about the release and lists exactly its files.
    ///
    /// What Sheaf itself writes is compared as a whole; of others the name, the version and the files count.
    ///
    /// - Throws: `DecodingError` when it is no bill of materials.
    static func isBill(_ bytes: [UInt8], of expected: BillOfMaterials) throws -> Bool {
        if try expected.encoded() == bytes { return true }
        return try CanonicalJSON.decode(Self.self, from: Data(bytes)).isAbout(expected)
    }

    private func isAbout(_ expected: BillOfMaterials) -> Bool {
        guard bomFormat == BillOfMaterials.format, specVersion.hasPrefix("1."),
            metadata.component.name == expected.bundle.name, metadata.component.version == expected.version
        else { return false }
        var listed: [[UInt8]: String?] = [:]
        for component in components where component.type == "file" {
            let digest = component.hashes?.first { $0.alg == "SHA-256" }?.content
            // Names are compared as bytes: Swift holds composed and decomposed letters for equal.
            guard listed.updateValue(digest, forKey: Array(component.name.utf8)) == nil else { return false }
        }
        let held = expected.files.map { row in
            (Array(row.path.utf8.dropFirst(ArchiveLayout.files.utf8.count)), row.digest?.hex)
        }
        return listed.count == held.count
            && held.allSatisfy { name, digest in listed[name].map { $0 == digest } ?? false }
    }
}
