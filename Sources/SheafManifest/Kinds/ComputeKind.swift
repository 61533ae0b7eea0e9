internal import SheafModel

/// Class of machines to run on.
enum ComputeKind {
    static let schema = KindSchema(.compute, versions: ["v1beta", "v1"], section: section)

    private static let section = ObjectSchema([
        Field("dataplane", .text, .required),
        Field("purpose", .text, .required),
        Field("nodePool", .object(nodePool)),
    ])

    private static let nodePool = ObjectSchema([
        Field("nodeSelector", .textMap),
        Field("tolerations", .list(.object(toleration), single: .warned)),
    ])

    private static let toleration = ObjectSchema([
        Field("key", .text),
        Field("operator", .choice(["Equal", "Exists"])),
        Field("value", .text),
        Field("effect", .choice(["NoSchedule", "PreferNoSchedule", "NoExecute"])),
    ])
}
