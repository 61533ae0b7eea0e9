import SheafModel
import SheafSupervision

/// The routes of services, made from what they say and from the ports of their incarnations.
struct RoutePlan {
    let home: ExecutorHome

    /// The name of a service's file among the routes.
    static func id(of resource: ResourceID) -> String { "\(resource.workspace ?? "instance").\(resource.name)" }

    /// How a service is reached through the gateway; nil for one that is not, and for all other kinds.
    func route(of instance: ResourceInstance?) -> GatewayRoute? {
        guard let instance else { return nil }
        let resource = instance.resource
        guard resource.id.kind == .service, resource.processCount > 0 else { return nil }
        let ports = home.files(of: instance).ports
        let ingress = resource.ingress.map { GatewayRoute.Ingress(path: $0.path, stripsPath: $0.stripsPath) }
        guard ports != nil || ingress != nil else { return nil }
        var route = GatewayRoute(
            id: Self.id(of: resource.id),
            service: resource.id.description,
            generation: instance.generation,
            ingress: ingress
        )
        if let ports {
            route.backends = ports.behind(0)
            route.forwards = ports.service.enumerated().map { .init(port: $1, instances: ports.behind($0)) }
            if resource.scaling != nil { route.serving = home.files(of: instance).supervision.serving }
        } else {
            route.backends = resource.hostPort.map { [$0] } ?? []
        }
        return route.withVersion
    }

    /// As long as the new incarnation is not live: the old one's route, and the ports that only the new one has.
    ///
    /// - Returns: nil when the old one has no route, or the new one no other ports.
    func interim(from before: ResourceInstance, to after: ResourceInstance) -> GatewayRoute? {
        guard let new = route(of: after) else { return nil }
        let old = route(of: before)
        let known = Set(old?.forwards.map(\.port) ?? []).union(old == nil ? [before.resource.hostPort ?? 0] : [])
        let added = new.forwards.filter { !known.contains($0.port) }
        guard !added.isEmpty else { return nil }
        var route = old ?? GatewayRoute(id: new.id, service: new.service, generation: new.generation)
        route.generation = new.generation
        route.forwards += added
        return route.withVersion
    }
}

extension GatewayRoute {
    /// The same with the version that says what is in it.
    fileprivate var withVersion: GatewayRoute {
        var route = self
        route.version = ""
        route.version = "\(generation)-\(Digest(of: route.encoded()).hex.prefix(16))"
        return route
    }
}
