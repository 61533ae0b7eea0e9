import SheafModel
import SheafSupervision

/// Finds how incarnations and volumes differ from what was applied.
///
/// Looks only: it reads files and `/proc`, and asks a container engine where something runs in a container.
struct DriftInspector {
    let keeper: IncarnationKeeper

    /// A container is made a moment after its client is started; after this time it must be there.
    private static let containerTime: Milliseconds = 10_000

    /// All findings, in the order of the instances.
    ///
    /// - Throws: `ExecutorError` for a manifest that cannot be read.
    func findings(in instances: [ResourceInstance]) async throws -> [Drift] {
        let relevant = instances.filter { [.service, .worker, .workflow, .volume].contains($0.resource.id.kind) }
        guard !relevant.isEmpty else { return [] }
        let containers = await containers(of: relevant)
        return try await BlockingCalls.run { try relevant.flatMap { try findings(in: $0, containers) } }
    }

    private func findings(in instance: ResourceInstance, _ containers: ContainerList?) throws -> [Drift] {
        let id = instance.resource.id
        switch id.kind {
        case .volume: return volume(id)
        case .workflow: return try workflow(instance)
        default: return try workload(instance, containers)
        }
    }

    private func workload(_ instance: ResourceInstance, _ containers: ContainerList?) throws -> [Drift] {
        let incarnation = keeper.incarnation(of: instance)
        let spec = try instance.resource.decoded(WorkloadSpec.self)
        let request = WorkloadRequest(instance: instance, spec: spec, job: nil)
        let state = try InstanceObserver(incarnation, of: request).state
        // Of what the gateway stands before, it has the ports.
        let ports = incarnation.files.ports == nil ? try request.ports().map(\.outer) : []
        let process =
            ProcessDrift(incarnation: incarnation, home: keeper.home, state: state, ports: ports).findings
            + route(of: instance)
        let container = state.progress == .failed ? [] : container(of: incarnation, containers)
        return process + container + (try files(of: instance))
            + (try volumes(of: [spec], instance))
    }

    /// Whether a service that is reached through the gateway is.
    private func route(of instance: ResourceInstance) -> [Drift] {
        guard let route = RoutePlan(home: keeper.home).route(of: instance) else { return [] }
        let id = instance.resource.id, gateway = keeper.gateway
        guard gateway.route(route.id) == route else {
            return [Drift(.notRouted, of: id, "the gateway has no route to it")]
        }
        return gateway.isRunning ? [] : [Drift(.notRouted, of: id, "the gateway to it does not run")]
    }

    /// Looks at the files of a workflow that does not run: they are for the next run.
    ///
    /// A run has ended as it has ended: that is its state, and no difference.
    private func workflow(_ instance: ResourceInstance) throws -> [Drift] {
        let incarnation = keeper.incarnation(of: instance)
        guard incarnation.supervisor == nil, !incarnation.isLocked else { return [] }
        return try files(of: instance)
    }

    private func files(of instance: ResourceInstance) throws -> [Drift] {
        FileDrift(
            resource: instance.resource.id,
            files: keeper.home.files(of: instance),
            isMade: try keeper.isMade(from: instance)
        ).findings
    }

    // MARK: Volumes

    private func volume(_ id: ResourceID) -> [Drift] {
        let folder = keeper.home.volume(id)
        guard !FileTree.isFolder(folder) else { return [] }
        return [Drift(.volumeMissing, of: id, "its directory is gone, with its data", evidence: folder)]
    }

    /// Directories that a running workload has lost: it has to be started anew to see those that take their place.
    private func volumes(of specs: [WorkloadSpec], _ instance: ResourceInstance) throws -> [Drift] {
        // What is not to be run has no directories. Where a path holds a sealed secret nothing is opened only to look.
        guard keeper.incarnation(of: instance).supervisor != nil, !specs.contains(where: \.hasSealedVolume) else {
            return []
        }
        let files = keeper.home.files(of: instance)
        let id = instance.resource.id
        return try specs.flatMap { spec in
            try RuntimeFolders(of: spec, job: nil, resource: id, files: files, home: keeper.home).volumes
        }.filter { !FileTree.isFolder($0.source) }.map {
            Drift(.volumeMissing, of: id, "the directory of its volume at \($0.target) is gone", evidence: $0.source)
        }
    }

    // MARK: Containers

    /// The containers of the engine that the workloads use; nil when none of them is one, or the engine is silent.
    private func containers(of instances: [ResourceInstance]) async -> ContainerList? {
        let isContainer = instances.contains { instance in
            // Runs of workflows end by themselves, and are not looked for.
            instance.resource.id.kind != .workflow
                && keeper.home.files(of: instance).plan?.processes.contains { $0.engine != nil } == true
        }
        guard isContainer, let engine = ContainerEngine(on: keeper.host) else { return nil }
        return await ContainerList(engine, home: keeper.home, keeper.silence)
    }

    private func container(of incarnation: Incarnation, _ containers: ContainerList?) -> [Drift] {
        guard let containers, let plan = incarnation.files.plan?.processes.first, plan.engine != nil,
            let name = plan.container, !containers.names.contains(name),
            let process = incarnation.files.status?.processes.first, process.state == .running,
            let started = process.startedAt, WallClock.now - started > Self.containerTime
        else { return [] }
        return [Drift(.containerMissing, of: incarnation.resource, "its container was removed", evidence: name)]
    }
}
