/// The kinds of resource that a Bundle can hold, named by the `type` of their manifests.
package enum ResourceKind: String, Codable, Sendable, CaseIterable, Hashable {
    case bundle, workflow, service, worker, secret
    case instanceSecret = "instance-secret"
    case volume, depot, compute, stack, cluster, database, lakehouse, monitor, pager, policy, grant
    case `operator`, resource, lens, dataplane

    /// Whether a resource of this kind lives in the instance, not in a workspace.
    package var isInstanceLevel: Bool {
        switch self {
        case .bundle, .compute, .depot, .stack, .operator, .instanceSecret, .policy, .grant, .dataplane: true
        case .workflow, .service, .worker, .secret, .volume, .cluster, .database, .lakehouse, .monitor, .pager,
            .resource, .lens:
            false
        }
    }

    /// The key of the manifest's section for this kind.
    package var sectionKey: String { rawValue }
}
