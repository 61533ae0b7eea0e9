internal import SheafModel

/// Long-running process with ports and an optional way in from outside.
enum ServiceKind {
    static let schema = KindSchema(
        .service,
        versions: ["v1"],
        oldVersions: ["v1beta1", "v1beta"],
        nameRule: .runnable,
        section: section
    )

    private static let port = FieldType.integer(1...65535)

    private static let section = ObjectSchema(
        WorkloadFields.fields + WorkloadFields.longRunning + [
            Field("servicePort", port),
            Field("servicePorts", .list(.object(namedPort))),
            Field("metricPort", port),
            Field("ingress", .object(ingress)),
        ],
        relocations: [WorkloadFields.liftedFromAvailability]
    )

    private static let namedPort = ObjectSchema([
        Field("name", .someText, .required),
        Field("servicePort", port, .required),
    ])

    private static let ingress = ObjectSchema([
        Field("enabled", .boolean),
        Field("path", .text),
        Field("stripPath", .boolean),
        Field("noAuthentication", .boolean),
        Field("appDetailSpec", .free),
        Field("apiDetailSpec", .free),
    ])
}
