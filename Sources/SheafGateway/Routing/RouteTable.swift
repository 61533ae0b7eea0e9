package import SheafSupervision

/// All routes at one moment, ready to be asked.
package struct RouteTable: Hashable, Sendable {
    package let routes: [GatewayRoute]
    /// Those of the ingress, the longest paths first.
    private let ingress: [(path: String, route: GatewayRoute)]

    package init(_ routes: [GatewayRoute] = []) {
        self.routes = routes.sorted { $0.id < $1.id }
        let paths = self.routes.compactMap { route in route.ingress.map { (path: $0.path, route: route) } }
        // Two routes of one path cannot be told apart; that of the first id has it, whatever the order of reading.
        ingress = paths.sorted { ($1.path.utf8.count, $0.route.id) < ($0.path.utf8.count, $1.route.id) }
    }

    package static func == (left: RouteTable, right: RouteTable) -> Bool { left.routes == right.routes }
    package func hash(into hasher: inout Hasher) { hasher.combine(routes) }

    /// The route of the longest path that a request's path begins with, whole segments only.
    ///
    /// - Parameter path: Without a query.
    /// - Returns: nil when no path fits.
    package func route(for path: String) -> GatewayRoute? {
        ingress.first { Self.matches(path, $0.path) }?.route
    }

    package func route(id: String) -> GatewayRoute? { routes.first { $0.id == id } }

    /// The paths of the ingress, in their order.
    package var paths: [String] { ingress.map(\.path).sorted() }

    /// The ports of all instances that a route names.
    package var instances: Set<Int> { routes.reduce(into: []) { $0.formUnion($1.instances) } }

    /// The ports to listen on, each with the id of its route.
    package var forwards: [Int: String] {
        Dictionary(routes.flatMap { route in route.forwards.map { ($0.port, route.id) } }) { first, _ in first }
    }

    private static func matches(_ path: String, _ prefix: String) -> Bool {
        if prefix == "/" { return path.hasPrefix("/") }
        guard path.hasPrefix(prefix) else { return false }
        let rest = path.utf8.dropFirst(prefix.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/")
    }
}

extension GatewayRoute.Ingress {
    /// A request's target as the service is to see it, with its query.
    package func target(of target: String) -> String {
        guard stripsPath, path != "/" else { return target }
        let rest = target.dropFirst(path.count)
        return rest.hasPrefix("/") ? String(rest) : "/\(rest)"
    }
}
