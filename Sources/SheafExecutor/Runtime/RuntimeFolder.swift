import SheafEngine
import SheafModel

/// A directory of the host that a workload sees at a path of the runtime contract.
struct RuntimeFolder: Hashable, Sendable {
    /// On the host.
    var source: String
    /// In the workload's eyes.
    var target: String
    var isReadOnly = false
    /// The volume that it belongs to, so that it outlives the incarnation.
    var volume: String?

    static let config = "/etc/dataos/config"
    static let secret = "/etc/dataos/secret"
    static let work = "/etc/dataos/work"
    static let temp = "/var/dataos/temp_data"
    static let persistent = "/var/dataos/persistent_data"
}

/// All directories of one workload.
struct RuntimeFolders: Hashable, Sendable {
    let config: RuntimeFolder
    let secret: RuntimeFolder
    let work: RuntimeFolder
    let temp: RuntimeFolder
    /// Those that a volume allows only to be read are marked by who knows the volume.
    var volumes: [RuntimeFolder]

    var all: [RuntimeFolder] { [config, secret, work, temp] + volumes }

    /// Finds the directories and makes none.
    ///
    /// A `job` is nil for services and workers; the jobs of a run have directories of their own.
    ///
    /// - Throws: `ExecutorError` with `unsafe-path` when a path of the manifest leaves its volume.
    init(of spec: WorkloadSpec, job: String?, resource: ResourceID, files: IncarnationFiles, home: ExecutorHome) throws
    {
        let part = job.map { "/\($0)" } ?? ""
        config = RuntimeFolder(source: files.config + part, target: RuntimeFolder.config, isReadOnly: true)
        secret = RuntimeFolder(source: files.secretFiles + part, target: RuntimeFolder.secret, isReadOnly: true)
        // Jobs of one run that name the same volume share the directory.
        let temporary = job == nil ? "data" : spec.tempVolume.map { "volume-\($0)" } ?? "job-\(job ?? "")"
        guard FileTree.isSafeRelative(temporary) else {
            throw ExecutorError(.unsafePath, "'\(temporary)' can be no directory of \(resource)")
        }
        temp = RuntimeFolder(source: "\(files.temp)/\(temporary)", target: RuntimeFolder.temp)
        work = RuntimeFolder(source: "\(files.temp)/work\(part)", target: RuntimeFolder.work)
        volumes = try Self.volumes(of: spec, resource: resource, home: home)
    }

    private static func volumes(
        of spec: WorkloadSpec,
        resource: ResourceID,
        home: ExecutorHome
    ) throws -> [RuntimeFolder] {
        // The directory of a persistent volume is its sub path too; any other is mounted as a whole.
        let persistent = spec.persistentVolume.map { use in
            [(use, "\(RuntimeFolder.persistent)/\(trimmed(use.directory))", use.subPath ?? use.directory)]
        }
        let others = (spec.dataosVolumes ?? []).map { ($0, "/\(trimmed($0.directory))", $0.subPath ?? "/") }
        return try ((persistent ?? []) + others).map { use, target, part in
            let inner = trimmed(part)
            let isWhole = inner.isEmpty && use.subPath == nil
            guard isWhole || FileTree.isSafeRelative(inner), FileTree.isSafeRelative(String(target.dropFirst())) else {
                throw ExecutorError(
                    .unsafePath,
                    "'\(use.subPath ?? use.directory)' of volume '\(use.name)' in \(resource) is no path in it",
                    hint: "write a path without . and .."
                )
            }
            let volume = home.volume(ResourceID(kind: .volume, workspace: resource.workspace, name: use.name))
            return RuntimeFolder(
                source: isWhole ? volume : "\(volume)/\(inner)",
                target: target,
                isReadOnly: use.readOnly ?? false,
                volume: use.name
            )
        }
    }

    private static func trimmed(_ path: String) -> String {
        var part = path[...]
        while part.hasPrefix("/") { part = part.dropFirst() }
        while part.hasSuffix("/") { part = part.dropLast() }
        return String(part)
    }
}
