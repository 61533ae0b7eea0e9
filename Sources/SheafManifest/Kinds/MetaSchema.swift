/// The keys that every manifest has beside its section.
enum MetaSchema {
    static func fields(nameRule: NameRule) -> [Field] {
        [
            Field("name", .name(nameRule), .required),
            Field("version", .someText, .required),
            Field("type", .someText, .required),
            Field("layer", .choice(["user", "system"], synonyms: ["users": "user"], warns: true)),
            Field("tags", .list(.text, single: .warned)),
            Field("description", .text),
            Field("owner", .text),
            Field("workspace", .name(.workspace)),
            Field("title", .text),
            Field("runAsUser", .text),
        ]
    }

    static let keys = Set(fields(nameRule: .common).map(\.name))

    /// For manifests whose kind is a placeholder.
    static let unknownKind = ObjectSchema(fields(nameRule: .common), isOpen: true)

    /// Types of manifests of the platform that are no resources and cannot be deployed.
    static let otherTypes: Set<String> = ["data"]

    /// Spellings of types that stand for a kind, in lower case.
    static let typeSpellings = [
        "workflows": "workflow", "services": "service", "workers": "worker", "secrets": "secret",
        "instance_secret": "instance-secret", "instancesecret": "instance-secret",
        "instance-secrets": "instance-secret", "bundles": "bundle", "volumes": "volume", "depots": "depot",
    ]
}
