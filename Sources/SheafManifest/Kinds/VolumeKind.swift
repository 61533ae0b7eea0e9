internal import SheafModel

/// Disk claim for workloads.
enum VolumeKind {
    static let schema = KindSchema(.volume, versions: ["v1beta"], oldVersions: ["v1"], section: section)

    private static let section = ObjectSchema(
        [
            Field("size", .quantity(.size), .required),
            Field("accessMode", .choice(["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"]), .required),
            Field("type", .choice(["temp", "persistent", "cloudTemp", "cloudPersistent"]), .required),
        ],
        rules: [
            .words(
                of: "type",
                among: ["cloudTemp", "cloudPersistent"],
                require: "accessMode",
                oneOf: ["ReadWriteOnce"]
            )
        ]
    )
}
