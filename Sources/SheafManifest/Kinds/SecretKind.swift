internal import SheafModel

/// Credentials, of one workspace or of the whole instance.
enum SecretKind {
    static let secret = KindSchema(
        .secret,
        versions: ["v1"],
        oldVersions: ["v1beta1"],
        section: section,
        sectionMayBeList: true
    )

    static let instanceSecret = KindSchema(
        .instanceSecret,
        versions: ["v1"],
        section: section,
        sectionMayBeList: true,
        sectionSpellings: [.slip("secret"), .slip("instanceSecret"), .slip("instance_secret")]
    )

    private static let section = ObjectSchema(
        [
            Field(
                "type",
                .choice(
                    ["key-value", "key-value-properties", "cloud-kernel", "cloud-kernel-image-pull", "certificate"],
                    synonyms: ["certificates": "certificate"]
                ),
                .required
            ),
            Field("acl", .choice(["r", "rw"]), .recommended("'r' is taken")),
            Field("data", .textMap),
            Field("files", .textMap, also: [.slip("file")]),
        ],
        relocations: [.lower(keys: ["key_json", "gcskey_json", "json_keyfile"], into: "files")],
        rules: [.atLeastOne(["data", "files"])]
    )
}
