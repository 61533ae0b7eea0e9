internal import SheafModel

/// Definition of a runtime that workloads name in `stack`.
enum StackKind {
    static let schema = KindSchema(.stack, versions: ["v1alpha", "v1beta"], nameRule: .lenient, section: section)

    private static let section = ObjectSchema([
        Field("name", .someText, .required),
        Field("flavor", .text),
        Field("version", .text),
        Field("reconciler", .text),
        Field("dataOsAddressJqFilters", .texts),
        Field("secretProjection", .object(projection)),
        Field("image", .object(image)),
        Field("command", .texts),
        Field("arguments", .texts, also: [.slip("argument")]),
        Field("environmentVars", .textMap),
        Field("ports", .structure),
        Field("stackSpecValueSchema", .structure),
        Field("workflowJobConfig", .structure),
        Field("serviceConfig", .structure),
        Field("workerConfig", .structure),
    ])

    private static let projection = ObjectSchema([Field("type", .choice(["propFile", "envVars", "file"]))])

    private static let image = ObjectSchema([
        Field("registry", .text),
        Field("repository", .text),
        Field("image", .text),
        Field("tag", .text),
        Field("auth", .structure),
    ])
}
