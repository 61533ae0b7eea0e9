import SheafEngine
import SheafModel
import SheafSupervision

/// A port of a service.
struct ServedPort: Hashable, Sendable {
    /// Of this machine.
    var outer: Int
    /// Of the process, in the network that it has.
    var inner: Int
}

/// What shall run: a service, a worker, or one job of a workflow.
struct WorkloadRequest: Sendable {
    let instance: ResourceInstance
    let spec: WorkloadSpec
    /// Nil for services and workers.
    let job: String?
    /// The jobs that must have succeeded.
    var dependencies: [String] = []
    /// The jobs that it is tried again with, by the name of their group.
    var group: String?
    var restart = RestartPolicy.always

    var resource: ResourceID { instance.resource.id }
    var process: String { job ?? IncarnationFiles.mainProcess }

    /// How people call it.
    var title: String { job.map { "job '\($0)' of \(resource)" } ?? resource.description }

    /// The port that it must listen on; only services have one.
    ///
    /// - Throws: `ExecutorError` with `missing-port` for a service without one.
    func port() throws -> Int? {
        guard resource.kind == .service else { return nil }
        guard
            let port = spec.servicePort ?? spec.servicePorts?.first?.servicePort
                ?? (stack == .steampipe ? Self.steampipePort : nil), (1...65535).contains(port)
        else {
            throw ExecutorError(
                .missingPort,
                "cannot run \(resource): it has no servicePort between 1 and 65535",
                hint: "add servicePort: to the service"
            )
        }
        return port
    }

    /// All ports that it must listen on, the main one first, each once.
    ///
    /// - Throws: `ExecutorError` with `missing-port` for a service without one.
    func ports() throws -> [ServedPort] {
        guard let port = try port() else { return [] }
        let isContainer = spec.stackSpec?["image"] != nil
        let further = (spec.servicePorts ?? []).map { further in
            let inner = further.targetPort ?? further.servicePort
            // Nothing stands between a process of the host and its ports.
            return ServedPort(outer: isContainer ? further.servicePort : inner, inner: inner)
        }
        let main = further.first { $0.outer == port } ?? ServedPort(outer: port, inner: port)
        return further.reduce(into: [main]) { ports, other in
            if !ports.contains(where: { $0.outer == other.outer }) { ports.append(other) }
        }
    }

    /// The port of SteamPipe where a manifest names none.
    static let steampipePort = 9193

    var stack: BuiltInStack? { BuiltInStack(reference: spec.stack) }

    /// The configuration files of this workload.
    ///
    /// - Throws: `ExecutorError` with `missing-content` or `unsafe-path`.
    func configs(_ content: any ContentSource) throws -> [(name: String, bytes: [UInt8])] {
        try (spec.configs ?? [:]).sorted { $0.key < $1.key }.map { name, path in
            guard FileTree.isSafeRelative(name) else {
                throw ExecutorError(.unsafePath, "'\(name)' in configs of \(title) is no file name")
            }
            let named = instance.resource.attachments.filter { $0.role == .config && $0.name == name }
            // Two jobs may have different files of one name; the manifest's path tells them apart.
            guard
                let file = named.first(where: { $0.path == path }) ?? named.first(where: { path.hasSuffix($0.path) })
                    ?? named.first(where: { $0.path.hasSuffix("/\(path)") }) ?? (named.count == 1 ? named.first : nil)
            else {
                throw ExecutorError(
                    .missingContent,
                    "cannot find the file '\(path)' of '\(name)' in configs of \(title)"
                )
            }
            return (name, try content.content(file.digest))
        }
    }
}
