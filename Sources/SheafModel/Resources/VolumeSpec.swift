/// A directory that outlives the workloads that use it.
package struct VolumeSpec: Codable, Hashable, Sendable {
    /// A Kubernetes quantity, such as `1Gi`.
    package var size: JSONValue?
    /// `ReadWriteOnce`, `ReadOnlyMany` or `ReadWriteMany`.
    package var accessMode: String?
    /// `temp`, `persistent`, `cloudTemp` or `cloudPersistent`.
    package var type: String?
}
