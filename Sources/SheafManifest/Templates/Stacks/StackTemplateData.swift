internal import SheafModel

/// Builds the data that the templates of a stack get for a workload.
struct StackTemplateData {
    let stack: StackDefinition
    let workload: StackWorkload
    let platform: StackPlatform

    /// The port for metrics where a workload names none.
    private static let defaultMetricPort: Int64 = 9090

    private static let sample = StackTemplateData(
        stack: StackDefinition(section: .object([:])),
        workload: StackWorkload(.service, name: "", spec: .object([:])),
        platform: StackPlatform()
    )

    /// The names of the fields of the data.
    static let fieldNames: [String] = names(of: sample.record)

    /// The names of the fields of `.ApplicationSpec`.
    static let applicationFieldNames: [String] = names(of: sample.applicationSpec)

    private static func names(of make: (TemplateContext) throws -> TemplateRecord) -> [String] {
        let context = TemplateContext(limits: TemplateLimits(), platform: StackPlatform())
        // Nothing is nested in the data of a workload without a manifest, so no limit is met.
        return (try? make(context))?.fields.map(\.name) ?? []
    }

    // MARK: Fields

    func record(_ context: TemplateContext) throws -> TemplateRecord {
        TemplateRecord("the data of the template", try identity(context) + runtime(context) + services())
    }

    private typealias Fields = [(name: String, value: TemplateValue)]

    private func identity(_ context: TemplateContext) throws -> Fields {
        [
            ("Name", .text(workload.name)), ("Type", .text(workload.orchestrator.rawValue)), ("Stamp", .text(stamp)),
            ("Workspace", .text(workload.workspace)), ("Owner", .text(workload.owner)),
            ("Description", .text(workload.description)),
            ("PivotTags", .text(workload.tags.joined(separator: ","))), ("Image", .text(image)),
            ("MetricPort", .integer(spec("metricPort")?.integerValue ?? Self.defaultMetricPort)),
            ("DataOsFqdn", .text(platform.fqdn)), ("ApplicationSpec", .record(try applicationSpec(context))),
        ]
    }

    private func runtime(_ context: TemplateContext) throws -> Fields {
        let pool = spec("compute")?.scalarText.flatMap { platform.computes[$0] }?["nodePool"]
        let secrets = secretNames { $0 == nil || $0 == "envVars" }
        return [
            ("NodeSelector", try context.value(pool?["nodeSelector"] ?? .object([:]))),
            ("Tolerations", try context.value(pool?["tolerations"] ?? .array([]))),
            ("Volumes", try context.list(try volumes(context))),
            ("EnvironmentVarsFromSecret", try context.list(secrets.map(TemplateValue.text))),
            ("HasConfigConfs", .bool(hasConfigFiles)), ("HasSecretRefs", .bool(hasSecretFiles)),
            ("DataOsSecretMountPath", .text("/etc/dataos/secret")),
            ("DataOsConfigMountPath", .text("/etc/dataos/config")),
            ("DataTempMountPath", .text("/var/dataos/temp_data")),
            ("DataPersistentMountPath", .text("/var/dataos/persistent_data")),
            ("RunnableServiceAccount", .text("\(workload.name)-\(workload.orchestrator.rawValue)\(stamp)")),
            ("IsDryRun", .bool(spec("dryRun")?.boolValue ?? false)),
        ]
    }

    private func services() -> Fields {
        [
            ("AuditMode", .text("")), ("IosaReceiverUrl", .text("https://\(platform.fqdn)/iosa/receiver/api/v1")),
            ("MinervaJdbcUrl", .text("jdbc:trino://tcp.\(platform.fqdn):7432")), ("MinervaJdbcSsl", .bool(true)),
            ("GatewayPublicBaseUrl", .text("https://\(platform.fqdn)/gateway")), ("DatapolicyGatewaySsl", .bool(true)),
        ]
    }

    func applicationSpec(_ context: TemplateContext) throws -> TemplateRecord {
        var fields: Fields = [
            ("StackSpec", try context.value(spec("stackSpec") ?? .object([:]))),
            ("LogLevel", .text(spec("logLevel")?.scalarText ?? "INFO")),
            ("EnvironmentVars", try context.value(environment)),
            ("Secrets", try context.list(secretNames { _ in true }.map(TemplateValue.text))),
            ("TempVolume", .text(spec("tempVolume")?.scalarText ?? "")),
            (
                "PersistentVolume",
                spec("persistentVolume").map { .record(Self.volume($0, "PersistentVolume")) } ?? .null
            ),
            ("Resources", try spec("resources").map(context.value) ?? .null),
        ]
        for key in Self.otherKeys {
            let name = key.prefix(1).uppercased() + key.dropFirst()
            fields.append((name, try spec(key).map(context.value) ?? .null))
        }
        return TemplateRecord("'.ApplicationSpec'", fields)
    }

    /// The other keys of workloads, whose fields are empty where the manifest has them not.
    private static let otherKeys = [
        "stack", "title", "tags", "compute", "configs", "dataosSecrets", "dataosVolumes", "dryRun", "runAsUser",
        "runAsApiKey", "topology", "replicas", "autoScaling", "highAvailabilityConfig", "servicePort", "servicePorts",
        "metricPort", "ingress",
    ]

    // MARK: Values

    private func spec(_ key: String) -> JSONValue? {
        guard let value = workload.spec[key], value != .null else { return nil }
        return value
    }

    /// A suffix as the platform makes one, which here stays the same for the same workload.
    private var stamp: String {
        let id = "\(workload.orchestrator.rawValue):\(workload.name):\(workload.workspace)"
        return "-" + Digest(of: Array(id.utf8)).hex.prefix(4)
    }

    private var image: String {
        guard let image = stack.section["image"], image.objectValue != nil else {
            return spec("stackSpec")?["image"]?.scalarText ?? ""
        }
        let path = ["registry", "repository", "image"].compactMap { image[$0]?.scalarText }.filter { !$0.isEmpty }
        return path.joined(separator: "/") + (image["tag"]?.scalarText.map { ":\($0)" } ?? "")
    }

    /// What the stack sets, and what the workload sets over it.
    private var environment: JSONValue {
        let own = spec("envs")?.objectValue ?? [:]
        return .object((stack.section["environmentVars"]?.objectValue ?? [:]).merging(own) { $1 })
    }

    private func secretNames(where isMeant: (String?) -> Bool) -> [String] {
        (spec("dataosSecrets")?.arrayValue ?? []).compactMap { use in
            isMeant(use["consumptionType"]?.scalarText) ? use["name"]?.scalarText : nil
        }
    }

    private var hasConfigFiles: Bool {
        let makesFiles = stack.templates.contains { $0.config == workload.orchestrator.config && $0.role == .files }
        return makesFiles || spec("configs")?.objectValue?.isEmpty == false
    }

    private var hasSecretFiles: Bool {
        let projectsFiles = ["propFile", "file"].contains(stack.section["secretProjection"]?["type"]?.scalarText)
        return projectsFiles || !secretNames { $0 != nil && $0 != "envVars" }.isEmpty
    }

    private func volumes(_ context: TemplateContext) throws -> [TemplateValue] {
        try (spec("dataosVolumes")?.arrayValue ?? []).map { use in
            let base = Self.volume(use, "a volume")
            return .record(
                TemplateRecord(
                    "a volume of '.Volumes'",
                    [
                        ("Name", base["Name"] ?? .null), ("MountPath", base["Directory"] ?? .null),
                        ("ReadOnly", base["ReadOnly"] ?? .null), ("SubPath", base["SubPath"] ?? .null),
                        ("IsPvc", .bool(true)), ("Secrets", try context.list([])), ("ConfigMaps", try context.list([])),
                    ]
                )
            )
        }
    }

    private static func volume(_ use: JSONValue, _ name: String) -> TemplateRecord {
        TemplateRecord(
            "'\(name)'",
            [
                ("Name", .text(use["name"]?.scalarText ?? "")),
                ("Directory", .text(use["directory"]?.scalarText ?? "")),
                ("ReadOnly", .bool(use["readOnly"]?.boolValue ?? false)),
                ("SubPath", .text(use["subPath"]?.scalarText ?? "")),
            ]
        )
    }
}
