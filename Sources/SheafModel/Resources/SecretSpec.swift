/// The values of a secret or an instance secret.
package struct SecretSpec: Codable, Hashable, Sendable {
    /// `key-value`, `key-value-properties`, `cloud-kernel`, `cloud-kernel-image-pull`, `certificate`.
    package var type: String
    /// `r` or `rw`.
    package var acl: String?
    package var data: [String: JSONValue]?
    /// Key -> path in the bundle.
    package var files: [String: String]?
}
