internal import SheafModel

/// Kinds that are kept as they are declared: only the common keys are described.
enum DeclaredKinds {
    static let schemas: [KindSchema] = [
        KindSchema(.cluster, versions: ["v1"], nameRule: .address),
        KindSchema(.database, versions: ["v1"], oldVersions: ["v1beta1"], nameRule: .lenient),
        KindSchema(.lakehouse, versions: ["v1alpha"]),
        KindSchema(.monitor, versions: ["v1alpha"]),
        KindSchema(.pager, versions: ["v1alpha"]),
        KindSchema(.policy, versions: ["v1"], nameRule: .lenient),
        KindSchema(.grant, versions: ["v1alpha"]),
        KindSchema(.operator, versions: ["v1alpha"]),
        KindSchema(.resource, versions: ["v1alpha", "v1beta"]),
        KindSchema(.lens, versions: ["v1alpha"]),
        KindSchema(.dataplane, versions: ["v1alpha", "v1beta", "v1"]),
    ]
}
