import SheafEngine
import SheafModel

/// Opens the sealed secrets in manifests, at the last moment before a workload is made or started.
struct OpenedSecrets: Sendable {
    let opener: any SecretOpener

    /// The same resource with its secrets as they are.
    ///
    /// - Throws: What the opener throws.
    func opened(_ resource: ResolvedResource) throws -> ResolvedResource {
        guard resource.manifest.holdsSealedSecret else { return resource }
        var resource = resource
        resource.manifest = try resource.manifest.mapTexts { text in
            try SealedSecret.replace(in: text) { try opener.open($0).reveal() }
        }
        return resource
    }

    func opened(_ instance: ResourceInstance) throws -> ResourceInstance {
        ResourceInstance(resource: try opened(instance.resource), generation: instance.generation)
    }

    /// The workloads of an incarnation for its start, which needs to know their volumes.
    ///
    /// Nothing is opened where no volume has a secret in its path: what is rendered can be started again, by an undo for
    /// example, even when the key is lost.
    ///
    /// - Throws: What the opener and the closure throw.
    func startSpecs(
        of instance: ResourceInstance,
        _ read: (ResolvedResource) throws -> [WorkloadSpec]
    ) throws -> [WorkloadSpec] {
        let specs = try read(instance.resource)
        return specs.contains(where: \.hasSealedVolume) ? try read(opened(instance.resource)) : specs
    }

    /// The values of the secrets in a resource, for redaction.
    ///
    /// - Throws: What the opener throws.
    func values(in resource: ResolvedResource) throws -> [[UInt8]] {
        guard resource.manifest.holdsSealedSecret else { return [] }
        var values: [[UInt8]] = []
        _ = try resource.manifest.mapTexts { text in
            try SealedSecret.replace(in: text) { secret in
                values.append(Array(try opener.open(secret).reveal().utf8))
                return ""
            }
        }
        return values
    }
}

/// Finds resources with their secrets opened.
struct OpenedResources: ResourceDirectory {
    private let resources: any ResourceDirectory
    private let secrets: OpenedSecrets

    init(_ resources: any ResourceDirectory, secrets: OpenedSecrets) {
        self.resources = resources
        self.secrets = secrets
    }

    func resource(_ id: ResourceID) throws -> ResolvedResource? { try resources.resource(id).map(secrets.opened) }
}

extension WorkloadSpec {
    /// Whether the path of a volume holds a sealed secret.
    var hasSealedVolume: Bool {
        ((persistentVolume.map { [$0] } ?? []) + (dataosVolumes ?? [])).contains { use in
            [use.name, use.directory, use.subPath ?? ""].contains(where: SealedSecret.occurs)
        }
    }
}
