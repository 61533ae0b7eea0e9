import SheafEngine
import SheafModel
import SheafSupervision

/// The instances of a service or a worker, and the ports that they get.
extension WorkloadController {
    /// A request for each instance.
    func requests(for instance: ResourceInstance, _ ports: InstancePorts?) throws -> [WorkloadRequest] {
        let spec = try instance.resource.decoded(WorkloadSpec.self)
        let names = Self.processes(of: instance.resource)
        return names.enumerated().map { position, name in
            var request = WorkloadRequest(instance: instance, spec: spec, job: nil)
            request.replica = names.count > 1 ? position : nil
            request.assignedPorts = ports?.instances[name] ?? []
            return request
        }
    }

    /// The names of the processes of the instances; one is prepared also where none is wanted, so that all is checked.
    private static func processes(of resource: ResolvedResource) -> [String] {
        let count = max(resource.mostInstances, 1)
        return count == 1 ? [IncarnationFiles.mainProcess] : (0..<count).map { IncarnationFiles.process(ofReplica: $0) }
    }

    /// Free ports for the instances of a service that the gateway stands before; nil for all others.
    ///
    /// - Throws: `ExecutorError` with `port-taken` when there are not so many.
    func ports(for instance: ResourceInstance) async throws -> InstancePorts? {
        let resource = instance.resource
        guard resource.isFronted else { return nil }
        let request = WorkloadRequest(instance: instance, spec: try resource.decoded(WorkloadSpec.self), job: nil)
        let service = try request.servicePorts().map(\.number), names = Self.processes(of: resource)
        let home = keeper.home, pool = keeper.portPool
        let free = try await BlockingCalls.run { pool.take(names.count * service.count, besides: home.instancePorts) }
        guard let free else {
            throw ExecutorError(
                .portTaken,
                "cannot run \(resource.id): there are no free ports for its \(names.count) instances",
                hint: "give it fewer replicas"
            )
        }
        let shares = names.enumerated().map { position, name in
            (name, Array(free[(position * service.count)..<((position + 1) * service.count)]))
        }
        return InstancePorts(service: service, instances: Dictionary(shares) { first, _ in first })
    }

    /// Whether the gateway stands before an incarnation; what was made says that, and not what its manifest would be
    /// taken for today.
    func isFronted(_ instance: ResourceInstance) -> Bool { keeper.home.files(of: instance).ports != nil }

    /// Whether the gateway has a port already, for the same service.
    func holdsPort(_ port: Int, for resource: ResourceID) -> Bool {
        let gateway = keeper.gateway, route = gateway.route(RoutePlan.id(of: resource))
        return route?.forwards.contains { $0.port == port } == true && gateway.isRunning
    }

    /// Whether the old incarnation ends before the new one starts: where both want the same port of the host.
    func endsOldFirst(_ step: Step) -> Bool {
        if step.change.handsOver { return true }
        // An incarnation that an older Sheaf has made has its service's own port, whatever its manifest says.
        guard let before = step.replaced, let after = step.added, before.resource.isFronted, !isFronted(before) else {
            return false
        }
        return before.resource.hostPort == after.resource.hostPort
    }
}
