internal import SheafModel

/// What is known of one kind of manifest, as data.
struct KindSchema: Sendable {
    let kind: ResourceKind
    /// Schema versions that the documentation or real manifests use; the first is the one to write.
    let versions: [String]
    /// Versions that are accepted with a hint at the first one.
    let oldVersions: [String]
    /// The kind's own section; nil for kinds that are only declared, whose section is kept as it is.
    let section: ObjectSchema?
    /// The whole manifest: the common keys and the section.
    let manifest: ObjectSchema

    init(
        _ kind: ResourceKind,
        versions: [String],
        oldVersions: [String] = [],
        nameRule: NameRule = .common,
        section: ObjectSchema? = nil,
        sectionMayBeList: Bool = false,
        sectionSpellings: [Spelling] = []
    ) {
        self.kind = kind
        self.versions = versions
        self.oldVersions = oldVersions
        self.section = section
        let type = section.map { sectionMayBeList ? FieldType.objectOrSingleton($0) : .object($0) } ?? .structure
        let sectionField = Field(kind.sectionKey, type, .required, also: sectionSpellings)
        // A key of the section at the top of the manifest has lost its indentation.
        let lost = (section?.fields.map(\.name) ?? []).filter { !MetaSchema.keys.contains($0) }
        manifest = ObjectSchema(
            MetaSchema.fields(nameRule: nameRule) + [sectionField],
            misplaced: [.init(keys: lost, help: "indent it below '\(kind.sectionKey):'")]
        )
    }

    /// The description of a kind; every kind has one.
    static func of(_ kind: ResourceKind) -> KindSchema? { all[kind] }

    private static let all: [ResourceKind: KindSchema] = {
        let typed = [
            BundleKind.schema, WorkflowKind.schema, ServiceKind.schema, WorkerKind.schema, SecretKind.secret,
            SecretKind.instanceSecret, VolumeKind.schema, DepotKind.schema, ComputeKind.schema, StackKind.schema,
        ]
        return Dictionary(
            (typed + DeclaredKinds.schemas).map { ($0.kind, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }()
}
