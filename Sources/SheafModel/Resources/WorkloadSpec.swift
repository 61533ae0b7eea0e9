/// What a service, a worker or a workflow's job runs, and with what.
package struct WorkloadSpec: Codable, Hashable, Sendable {
    /// A secret that a workload receives, and how.
    package struct SecretUse: Codable, Hashable, Sendable {
        package enum Consumption: String, Codable, Sendable { case envVars, propFile, file }

        package var name: String
        package var workspace: String?
        package var key: String?
        package var keys: [String]?
        package var allKeys: Bool?
        /// Nil means `envVars`.
        package var consumptionType: Consumption?
    }

    /// A volume that a workload mounts; `persistentVolume` and the items of `dataosVolumes`.
    package struct VolumeUse: Codable, Hashable, Sendable {
        package var name: String
        package var directory: String
        package var readOnly: Bool?
        package var subPath: String?
    }

    /// Cpu and memory as Kubernetes quantities, as the manifest writes them.
    package struct Quantities: Codable, Hashable, Sendable {
        package var cpu: JSONValue?
        package var memory: JSONValue?
    }

    package struct Limits: Codable, Hashable, Sendable {
        package var requests: Quantities?
        package var limits: Quantities?
    }

    /// How a service is reached from outside.
    package struct Ingress: Codable, Hashable, Sendable {
        package var enabled: Bool?
        package var path: String?
        package var stripPath: Bool?
        package var noAuthentication: Bool?
    }

    /// A further port of a service.
    package struct Port: Codable, Hashable, Sendable {
        package var name: String?
        package var servicePort: Int
        /// Of the process, where it differs.
        package var targetPort: Int?
    }

    /// `name[+flavor][:version]`.
    package var stack: String
    /// The stack's own parameters; `{}` where the manifest has none.
    package var stackSpec: JSONValue?
    package var compute: String?
    package var logLevel: String?
    package var envs: [String: JSONValue]?
    /// File name in the configuration directory -> path in the bundle.
    package var configs: [String: String]?
    package var dataosSecrets: [SecretUse]?
    package var tempVolume: String?
    package var persistentVolume: VolumeUse?
    package var dataosVolumes: [VolumeUse]?
    package var resources: Limits?
    package var replicas: Int?
    package var runAsUser: String?
    package var runAsApiKey: String?
    package var dryRun: Bool?
    /// What Sheaf is asked for, among others, see `WorkloadProperties`.
    package var properties: [String: JSONValue]?
    /// Services only.
    package var servicePort: Int?
    /// Services only.
    package var servicePorts: [Port]?
    /// Services only.
    package var metricPort: Int?
    /// Services only.
    package var ingress: Ingress?
}

/// The stacks that have code of their own.
package enum BuiltInStack: String, Sendable, CaseIterable {
    case container, steampipe

    /// Finds the stack by a reference such as `container`, `steampipe:1.0` or `steampipestack:1.0`.
    package init?(reference: String) {
        let name = reference.prefix { $0 != "+" && $0 != ":" }
        switch name {
        case "container": self = .container
        case "steampipe", "steampipestack": self = .steampipe
        default: return nil
        }
    }
}
