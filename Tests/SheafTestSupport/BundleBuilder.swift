package import SheafModel

/// Makes resolved resources and bundles for tests, without any manifest text.
package enum BundleBuilder {
    /// A worker whose definition differs by `text` only.
    package static func worker(
        _ name: String,
        text: String = "1",
        needs: [ResourceID] = [],
        uses: [ResourceID] = []
    ) -> ResolvedResource {
        resource(
            .worker,
            name,
            section: ["stack": .string("container"), "text": .string(text)],
            needs: needs,
            uses: uses
        )
    }

    /// A service on a port.
    package static func service(_ name: String, port: Int64, text: String = "1", needs: [ResourceID] = [])
        -> ResolvedResource
    {
        resource(
            .service,
            name,
            section: ["stack": .string("container"), "servicePort": .integer(port), "text": .string(text)],
            needs: needs
        )
    }

    /// A workflow with one job.
    package static func workflow(
        _ name: String,
        text: String = "1",
        isTrial: Bool = false,
        isScheduled: Bool = false,
        needs: [ResourceID] = [],
        uses: [ResourceID] = []
    ) -> ResolvedResource {
        let spec: [String: JSONValue] = [
            "stack": .string("container"), "text": .string(text), "dryRun": .bool(isTrial),
        ]
        var section: [String: JSONValue] = [
            "dag": .array([.object(["name": .string("job"), "spec": .object(spec)])])
        ]
        if isScheduled { section["schedule"] = .object(["cron": .string("0 6 * * *")]) }
        return resource(.workflow, name, section: section, needs: needs, uses: uses)
    }

    /// A volume, with what the bundle asks for its data.
    package static func volume(
        _ name: String,
        _ moment: SnapshotRule.Moment? = nil,
        size: String = "1Gi"
    ) -> ResolvedResource {
        var volume = resource(.volume, name, section: ["size": .string(size)])
        volume.snapshot = moment.map { SnapshotRule($0) }
        return volume
    }

    /// A worker or a workflow with one job that mounts a volume.
    package static func mounting(
        _ volume: String,
        _ name: String,
        kind: ResourceKind = .worker,
        text: String = "1",
        readOnly: Bool = false
    ) -> ResolvedResource {
        let use: [String: JSONValue] = [
            "name": .string(volume), "directory": .string("out"), "readOnly": .bool(readOnly),
        ]
        let spec: [String: JSONValue] = [
            "stack": .string("container"), "text": .string(text), "persistentVolume": .object(use),
        ]
        let job: JSONValue = .object(["name": .string("job"), "spec": .object(spec)])
        return resource(kind, name, section: kind == .workflow ? ["dag": .array([job])] : spec)
    }

    /// A secret with one key.
    package static func secret(_ name: String, value: String) -> ResolvedResource {
        resource(.secret, name, section: ["type": .string("key-value"), "data": .object(["key": .string(value)])])
    }

    /// A resource of any kind; dependencies wait for `active`.
    package static func resource(
        _ kind: ResourceKind,
        _ name: String,
        section: [String: JSONValue] = [:],
        needs: [ResourceID] = [],
        uses: [ResourceID] = []
    ) -> ResolvedResource {
        ResolvedResource(
            id: ResourceID(kind: kind, workspace: nil, name: name),
            item: name,
            manifest: .object([
                "name": .string(name), "type": .string(kind.rawValue), "version": .string("v1"),
                kind.sectionKey: .object(section),
            ]),
            dependencies: needs.map { Dependency(resource: $0) },
            references: uses
        )
    }

    /// A bundle of resources that are in dependency order already.
    package static func bundle(_ resources: [ResolvedResource], name: String = "shop") -> ResolvedBundle {
        var graph = DependencyGraph<ResourceID>()
        for resource in resources { graph.add(resource.id, needs: resource.dependencies.map(\.resource)) }
        return ResolvedBundle(
            name: name,
            manifest: .object(["name": .string(name)]),
            resources: resources,
            waves: graph.waves()
        )
    }
}

extension ResolvedResource {
    /// The same with another owner, which reaches nothing that runs.
    package func owned(by user: String) -> ResolvedResource { setting(["owner"], to: .string(user)) }

    /// The same with another value in its manifest, below keys.
    package func setting(_ path: [String], to value: JSONValue?) -> ResolvedResource {
        var resource = self
        resource.manifest = Self.set(value, at: path[...], in: manifest)
        return resource
    }

    private static func set(_ value: JSONValue?, at path: ArraySlice<String>, in whole: JSONValue) -> JSONValue {
        guard let key = path.first else { return value ?? .null }
        var members = whole.objectValue ?? [:]
        let isLast = path.count == 1
        members[key] = isLast ? value : set(value, at: path.dropFirst(), in: members[key] ?? .object([:]))
        return .object(members)
    }
}
