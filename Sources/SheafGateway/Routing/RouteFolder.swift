import Glibc
package import SheafSupervision
import SheafSystem

/// The folder with a file for each route.
package struct RouteFolder: Sendable {
    private let paths: GatewayPaths

    package init(_ paths: GatewayPaths) { self.paths = paths }

    /// What the files say at one moment.
    package struct Content: Hashable, Sendable {
        /// The routes that can be read, with the instances that are to be used.
        package var routes: [GatewayRoute] = []
        /// The ports of their other instances.
        package var resting: Set<Int> = []
        /// What is wrong with the other routes, by their ids.
        package var problems: [String: String] = [:]
    }

    package func read() -> Content {
        var content = Content()
        // What is just being written has a name with this end.
        for id in names where !id.hasSuffix(".tmp") {
            // A file that is gone was a route a moment ago.
            guard let text = TextFile.read("\(paths.routes)/\(id)") else { continue }
            do throws(FormatError) {
                let route = try GatewayRoute(decoding: text, id: id)
                let used = serving(of: route).map(route.restricted(to:)) ?? route
                content.routes.append(used)
                content.resting.formUnion(route.instances.subtracting(used.instances))
            } catch {
                content.problems[id] = error.description
            }
        }
        return content
    }

    /// Nil where all instances are to be used: who scales them has not said anything else yet, or is gone.
    private func serving(of route: GatewayRoute) -> Set<Int>? {
        route.serving.flatMap(TextFile.read).flatMap { try? ServingPorts.decode($0) }
    }

    /// The port of the ingress; nil when none was chosen.
    package var ingressPort: Int? {
        TextFile.read(paths.ingressPort)?.split(separator: "\n").first.flatMap { Int($0) }
    }

    private var names: [String] {
        guard let stream = opendir(paths.routes) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
