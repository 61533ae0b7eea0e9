import Glibc
package import SheafSupervision
import SheafSystem

/// The folder with a file for each route.
package struct RouteFolder: Sendable {
    private let paths: GatewayPaths

    package init(_ paths: GatewayPaths) { self.paths = paths }

    /// The routes that can be read, and what is wrong with the others, by their ids.
    package func read() -> (routes: [GatewayRoute], problems: [String: String]) {
        var routes: [GatewayRoute] = []
        var problems: [String: String] = [:]
        // What is just being written has a name with this end.
        for id in names where !id.hasSuffix(".tmp") {
            // A file that is gone was a route a moment ago.
            guard let text = TextFile.read("\(paths.routes)/\(id)") else { continue }
            do throws(FormatError) {
                routes.append(try GatewayRoute(decoding: text, id: id))
            } catch {
                problems[id] = error.description
            }
        }
        return (routes, problems)
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
