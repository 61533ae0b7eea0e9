internal import SheafModel

/// Graph of jobs that runs to completion, once or by a schedule.
enum WorkflowKind {
    static let schema = KindSchema(
        .workflow,
        versions: ["v1"],
        oldVersions: ["v1beta", "v1beta1"],
        nameRule: .runnable,
        section: section
    )

    private static let section = ObjectSchema(
        [
            Field("title", .text),
            Field("schedule", .object(schedule)),
            Field("dag", .list(.object(job)), .required),
        ],
        misplaced: [
            .init(
                keys: ["logLevel", "dataosSecrets", "envs", "resources", "runAsUser", "compute"],
                help: "write it in the 'spec' of each job; it is ignored here",
                isError: false
            )
        ]
    )

    private static let schedule = ObjectSchema([
        Field("cron", .cron, .required),
        Field("timezone", .timezone),
        Field("concurrencyPolicy", .choice(["Allow", "Forbid", "Replace"])),
        Field("endOn", .timestamp),
    ])

    private static let job = ObjectSchema(
        [
            Field("name", .name(.job), .required),
            Field("title", .text),
            Field("description", .text),
            Field("tags", .list(.text, single: .warned)),
            Field("gcWhenComplete", .boolean),
            Field("file", .text),
            Field("spec", .object(spec)),
            Field("retry", .object(retry)),
            Field("dependencies", .texts, also: [.slip("dependency")]),
        ],
        relocations: [.lift(keys: ["retry", "file"], from: "spec")],
        misplaced: [
            .init(
                keys: WorkloadFields.fields.map(\.name).filter { !["title", "tags"].contains($0) },
                help: "indent it below 'spec:'"
            )
        ],
        rules: [.exactlyOne(["spec", "file"])]
    )

    private static let spec = ObjectSchema(
        WorkloadFields.fields + [
            Field("description", .text),
            Field("tier", .text),
        ]
    )

    private static let retry = ObjectSchema([
        Field("count", .integer(0...1000)),
        Field(
            "strategy",
            .choice(
                ["Always", "OnFailure", "OnError", "OnTransientError"],
                synonyms: ["on_transient_failure": "OnTransientError"],
                warns: true
            )
        ),
        Field("duration", .duration),
        Field("maxDuration", .duration),
    ])
}
