package import SheafModel

/// What a template can learn of the platform that a workload runs on.
package struct StackPlatform: Sendable {
    /// The host name of the instance.
    package var fqdn: String
    /// The depots that addresses can be resolved against: name -> the manifest's `depot` section.
    package var depots: [String: JSONValue]
    /// The computes that workloads can name: name -> the manifest's `compute` section.
    package var computes: [String: JSONValue]

    package init(
        fqdn: String = "dataos.localhost",
        depots: [String: JSONValue] = [:],
        computes: [String: JSONValue] = [:]
    ) {
        self.fqdn = fqdn
        self.depots = depots
        self.computes = computes
    }
}

extension StackPlatform {
    /// What `resolve` gives for an address.
    ///
    /// Of a depot that is not known here only what the address itself says is there; the rest has no value.
    func record(of address: DataosAddress, _ context: TemplateContext) throws -> TemplateRecord {
        let depot = depots[address.depot]
        let name = "the result of 'resolve' for dataos://\(address.depot)"
        let unknown = TemplateValue.missing(
            .init(reason: "the depot '\(address.depot)' is none of this bundle, so nothing is known of it")
        )
        guard let depot else {
            return TemplateRecord(
                name,
                [
                    ("Depot", .text(address.depot)), ("Collection", .text(address.collection)),
                    ("Dataset", .text(address.dataset)), ("Format", unknown), ("Type", unknown),
                    ("Resolution", unknown),
                    ("Pulsar", unknown), ("Abfss", unknown), ("Gcs", unknown), ("S3", unknown),
                ]
            )
        }
        let type = depot["type"]?.stringValue?.lowercased() ?? ""
        let spec = Self.section(of: depot, type)
        let resolution = try context.value(spec)
        return TemplateRecord(
            name,
            [
                ("Depot", .text(address.depot)), ("Collection", .text(address.collection)),
                ("Dataset", .text(address.dataset)), ("Format", Self.text(spec, "format")), ("Type", .text(type)),
                ("Resolution", resolution),
                ("Pulsar", Self.part("Pulsar", ["Tenant"], spec, isMeant: type == "pulsar")),
                (
                    "Abfss",
                    Self.part("Abfss", ["Container", "Account", "RelativePath"], spec, isMeant: type.hasPrefix("abfs"))
                ),
                ("Gcs", Self.part("Gcs", ["Bucket", "RelativePath"], spec, isMeant: type == "gcs")),
                ("S3", Self.part("S3", ["Bucket", "RelativePath"], spec, isMeant: type == "s3")),
            ]
        )
    }

    /// Where a depot says how it is reached: a section named after its type, or `spec` in older manifests.
    private static func section(of depot: JSONValue, _ type: String) -> JSONValue {
        let named = depot.objectValue?.first { $0.key.lowercased() == type && $0.value.objectValue != nil }?.value
        return named ?? depot["spec"] ?? .object([:])
    }

    private static func text(_ spec: JSONValue, _ key: String) -> TemplateValue {
        guard let text = spec[key]?.scalarText else {
            return .missing(.init(reason: "the depot does not say its '\(key)'"))
        }
        return .text(text)
    }

    /// The part of one type of depot; empty for the others, as a pointer in Go would be.
    private static func part(_ name: String, _ fields: [String], _ spec: JSONValue, isMeant: Bool) -> TemplateValue {
        guard isMeant else { return .null }
        return .record(
            TemplateRecord(
                "'\(name)' of a resolved address",
                fields.map { field in (field, text(spec, field.prefix(1).lowercased() + field.dropFirst())) }
            )
        )
    }
}
