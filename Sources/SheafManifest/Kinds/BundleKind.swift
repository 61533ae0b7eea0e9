internal import SheafModel

/// Set of resources that are deployed and removed together, as a graph of dependencies.
enum BundleKind {
    static let schema = KindSchema(.bundle, versions: ["v1beta", "v1alpha"], oldVersions: ["v1"], section: section)

    private static let section = ObjectSchema(
        [
            Field("schedule", .object(schedule)),
            Field("workspaces", .list(.object(workspace))),
            Field("resources", .list(.object(item)), .required),
            Field("properties", .structure),
            Field("manageAsUser", .text),
        ],
        misplaced: [
            .init(
                keys: ["dependencies", "dependencyConditions"],
                help: "indent it below the item of 'resources' that it is about; it is ignored here",
                isError: false
            )
        ]
    )

    private static let schedule = ObjectSchema([
        Field("initialState", .choice(["create", "delete"]), .recommended("'create' is taken")),
        Field("timezone", .timezone, .recommended("UTC is taken")),
        Field("create", .list(.object(cron), single: .accepted)),
        Field("delete", .list(.object(cron), single: .accepted)),
    ])

    private static let cron = ObjectSchema([Field("cron", .cron, .required)])

    private static let workspace = ObjectSchema([
        Field("name", .name(.workspace), .required),
        Field("description", .text),
        Field("tags", .texts),
        Field("labels", .textMap),
        Field("layer", .choice(["user", "system"])),
    ])

    private static let item = ObjectSchema(
        [
            Field("id", .someText, .required, also: [.slip("name")]),
            Field("workspace", .name(.workspace)),
            Field("spec", .structure),
            Field("file", .text),
            Field("dependencies", .texts),
            Field("dependencyConditions", .list(.object(condition), single: .warned)),
        ],
        rules: [.exactlyOne(["spec", "file"])]
    )

    private static let condition = ObjectSchema([
        Field("resourceId", .someText, .required),
        Field("status", .object(test)),
        Field("runtime", .object(test)),
    ])

    private static let test = ObjectSchema(
        [Field("is", .texts), Field("contains", .texts)],
        shorthand: .init(key: "is", notice: .spelling)
    )
}
