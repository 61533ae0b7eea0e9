import SheafArchive
import SheafModel

/// What is in a bundle, for programs.
struct InspectionRecord: Encodable {
    struct Archive: Encodable {
        var digest: String
        /// Of the file, in bytes.
        var size: Int64
        var formatVersion: Int
        /// In seconds since 1970.
        var commitTime: Int64
        /// Of the resolved bundle.
        var resolved: String
        /// Whether it holds a bill of materials.
        var hasBillOfMaterials: Bool
    }

    struct File: Encodable {
        var path: String
        var size: Int64
        var mode: String
        var digest: String?
        var target: String?
    }

    /// What the expressions of a bundle ask for.
    struct Needs: Encodable {
        var values: [String]
        var secrets: [String]
    }

    var name: String
    var version: String
    var digest: String?
    var archive: Archive?
    var provenance: Provenance
    var resources: [String]
    var images: [NamedVersion]
    var stacks: [NamedVersion]
    var bundles: [String]
    var needs: Needs
    var files: [File]
    /// Nil where there can be none.
    var signatures: [VerificationRecord.Signature]?
    /// Whether the signatures are what the trust file asks for; nil without one.
    var trusted: Bool?
    var failure: VerificationRecord.Failure?

    /// A bundle with its files.
    ///
    /// - Throws: What listing the files throws.
    init(
        _ bundle: ResolvedBundle,
        version: String,
        provenance: Provenance,
        contents: some ComparedContents
    ) throws {
        let parts = BundleParts(bundle)
        name = bundle.name
        self.version = version
        self.provenance = provenance
        resources = bundle.resources.map(\.id.description)
        (images, stacks, bundles) = (parts.images, parts.stacks, parts.bundles)
        let expressions = Self.expressions(in: bundle)
        needs = Needs(values: Self.names(expressions, "values"), secrets: Self.names(expressions, "secrets"))
        files = try contents.comparedFiles.map { file in
            File(
                path: file.path,
                size: file.size,
                mode: file.mode,
                digest: file.digest?.description,
                target: file.target
            )
        }
    }

    /// An archive.
    ///
    /// - Throws: What listing the files throws.
    init(_ archive: SheafArchive.Archive) throws {
        let index = archive.index
        try self.init(archive.bundle, version: index.version, provenance: archive.provenance, contents: archive)
        digest = archive.digest.description
        self.archive = Archive(
            digest: archive.digest.description,
            size: archive.size,
            formatVersion: index.formatVersion,
            commitTime: index.commitTime,
            resolved: index.resolved.description,
            hasBillOfMaterials: archive.hasBillOfMaterials
        )
    }

    /// What stands in the expressions of a bundle, without blanks.
    private static func expressions(in bundle: ResolvedBundle) -> Set<String> {
        var found: Set<String> = []
        func add(_ text: String) -> Bool {
            var rest = text[...]
            while let open = rest.firstRange(of: "${{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
                let isEscaped = rest[..<open.lowerBound].last == "$"
                if !isEscaped { found.insert(rest[open.upperBound..<close.lowerBound].filter { !$0.isWhitespace }) }
                rest = rest[close.upperBound...]
            }
            return false
        }
        _ = bundle.manifest.containsText(where: add)
        for resource in bundle.resources { _ = resource.manifest.containsText(where: add) }
        return found
    }

    private static func names(_ expressions: Set<String>, _ root: String) -> [String] {
        expressions.filter { $0.hasPrefix("\(root).") }.map { String($0.dropFirst(root.count + 1)) }.sorted()
    }
}
