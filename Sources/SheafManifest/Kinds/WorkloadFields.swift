/// The keys that services, workers and the jobs of workflows share.
enum WorkloadFields {
    static let fields: [Field] = [
        Field("title", .text),
        Field("tags", .list(.text, single: .warned)),
        Field("stack", .stack, .required),
        Field("stackSpec", .structure, also: stackSections),
        Field("compute", .text, .recommended("'runnable-default' is taken")),
        Field("logLevel", .choice(["INFO", "WARN", "DEBUG", "ERROR", "TRACE"], synonyms: ["warning": "WARN"])),
        Field("configs", .textMap),
        Field("envs", .textMap),
        Field("dataosSecrets", .list(.object(secretUse)), also: [.old("secrets")]),
        Field("dataosVolumes", .list(.object(volumeUse))),
        Field("tempVolume", .text),
        Field("persistentVolume", .object(volumeUse)),
        Field("resources", .object(limits), also: [.slip("resource")]),
        Field("dryRun", .boolean),
        Field("runAsUser", .text),
        Field("runAsApiKey", .text),
        Field("topology", .list(.object(topology), single: .accepted)),
    ]

    /// Keys named after the stack, which older manifests write for `stackSpec`.
    private static let stackSections = [
        "flare", "soda", "scanner", "container", "alpha", "beacon", "bento", "benthos", "toolbox",
    ].map(Spelling.old)

    static let secretUse = ObjectSchema(
        [
            Field("name", .someText, .required),
            Field("workspace", .text),
            Field("key", .text),
            Field("keys", .texts),
            Field("allKeys", .boolean, also: [.same("allkeys")]),
            Field("consumptionType", .choice(["envVars", "propFile", "file"])),
        ],
        shorthand: .init(key: "name", notice: .silent)
    )

    private static let volumeUse = ObjectSchema([
        Field("name", .someText, .required),
        Field("directory", .someText, .required),
        Field("readOnly", .boolean),
        Field("subPath", .text),
    ])

    static let limits = ObjectSchema([
        Field("requests", .object(quantities)),
        Field("limits", .object(quantities), also: [.slip("limit")]),
    ])

    private static let quantities = ObjectSchema([
        Field("cpu", .quantity(.cpu)),
        Field("memory", .quantity(.memory)),
    ])

    private static let topology = ObjectSchema([
        Field("name", .text),
        Field("type", .text),
        Field("doc", .text),
        Field("properties", .free),
        Field("dependencies", .texts),
    ])

    /// The keys of what runs until it is stopped.
    static let longRunning: [Field] = [
        Field("replicas", .integer(0...1000)),
        Field("autoScaling", .object(autoScaling)),
        Field("highAvailabilityConfig", .object(highAvailability)),
    ]

    /// Replicas and tags that the documentation nests by mistake.
    static let liftedFromAvailability = ObjectSchema.Relocation.lift(
        keys: ["replicas", "tags"],
        from: "highAvailabilityConfig"
    )

    private static let autoScaling = ObjectSchema([
        Field("enabled", .boolean),
        Field("minReplicas", .integer(0...1000)),
        Field("maxReplicas", .integer(0...1000)),
        Field("targetMemoryUtilizationPercentage", .integer(0...1000)),
        Field("targetCPUUtilizationPercentage", .integer(0...1000)),
    ])

    private static let highAvailability = ObjectSchema([
        Field("level", .choice(["hostname", "zone", "region"])),
        Field("mode", .choice(["preferred", "required"])),
    ])
}
