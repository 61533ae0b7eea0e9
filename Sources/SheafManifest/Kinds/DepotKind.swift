internal import SheafModel

/// Named connection to a data source.
enum DepotKind {
    static let schema = KindSchema(
        .depot,
        versions: ["v2alpha", "v1"],
        nameRule: .address,
        section: section
    )

    /// Keys that say where the data is, one a source type.
    private static let sources: [Field] =
        [
            "abfss", "wasbs", "s3", "gcs", "redshift", "snowflake", "bigquery", "jdbc", "mysql", "oracle", "mongodb",
            "opensearch", "eventhub", "kafka", "pulsar", "file",
        ].map { Field($0, .structure) } + [
            Field("postgresql", .structure, also: [.same("postgres")]),
            Field("elasticsearch", .structure, also: [.slip("elasticesearch")]),
        ]

    private static let section = ObjectSchema(
        [
            Field("type", .someText, .required),
            Field("description", .text),
            Field("external", .boolean),
            Field("source", .text),
            Field("name", .text),
            Field("compute", .text),
            Field("owner", .text),
            Field("resources", .object(WorkloadFields.limits)),
            Field("runAsUser", .text),
            Field("hiveSync", .boolean),
            Field("secrets", .list(.object(secretUse)), also: [.same("secret")]),
            Field("dataosSecrets", .list(.object(WorkloadFields.secretUse))),
            Field("connectionSecret", .list(.object(connectionSecret), single: .warned)),
            Field("spec", .structure),
        ] + sources,
        misplaced: [
            .init(
                keys: [
                    "host", "port", "database", "subprotocol", "bucket", "account", "container", "warehouse", "url",
                ],
                help: "indent it below 'spec:', or below the key named after the source"
            )
        ]
    )

    private static let secretUse = ObjectSchema(
        [
            Field("name", .someText, .required),
            Field("workspace", .text),
            Field("allKeys", .boolean, also: [.same("allkeys")]),
            Field("key", .text),
            Field("keys", .texts),
            Field("consumptionType", .choice(["envVars", "propFile", "file"])),
        ],
        misplaced: [
            .init(
                keys: ["acl", "type", "data", "values", "files"],
                help: "credentials themselves belong below 'connectionSecret'"
            )
        ],
        shorthand: .init(key: "name", notice: .silent)
    )

    private static let connectionSecret = ObjectSchema(
        [
            Field("acl", .choice(["r", "rw"]), .recommended("'r' is taken")),
            Field("type", .text),
            Field("data", .textMap, also: [.same("values")]),
            Field("files", .textMap, also: [.slip("file")]),
        ],
        misplaced: [.init(keys: ["username", "password"], help: "indent it below 'data:'")]
    )
}
