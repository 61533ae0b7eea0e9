import FoundationEssentials
import NIOCore
import SheafGateway
import SheafSupervision
import SheafSystem
import SheafTestSupport

/// A gateway with a folder of its own, in this process.
final class RunningGateway: Sendable {
    let paths: GatewayPaths
    let ingress: Int
    private let server: GatewayServer
    private let scratch: ScratchDirectory

    init(hold: TimeAmount = .seconds(60)) throws {
        scratch = try ScratchDirectory("gateway")
        paths = GatewayPaths(folder: scratch.path)
        ingress = try FreePort.find()
        for folder in [paths.routes, paths.runFolder] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        try DurableFile.write(Array("\(ingress)\n".utf8), to: paths.ingressPort)
        var limits = GatewayLimits()
        limits.hold = hold
        server = try GatewayServer(paths, limits: limits)
    }

    /// Writes a route and waits until it is in effect.
    func route(
        _ id: String = "web",
        _ path: String? = nil,
        strips: Bool = false,
        to instances: [Int],
        forwarding port: Int? = nil,
        serving: String? = nil
    ) async throws {
        let version = String(UInt64.random(in: 0 ... .max))
        let route = GatewayRoute(
            id: id,
            service: "service:\(id):public",
            version: version,
            ingress: path.map { .init(path: $0, stripsPath: strips) },
            backends: path == nil ? [] : instances,
            forwards: port.map { [.init(port: $0, instances: instances)] } ?? [],
            serving: serving
        )
        try DurableFile.write(route.encoded(), to: "\(paths.routes)/\(id)")
        server.reload()
        try await eventually("the route \(id) is in effect") { state?.versions[id] == version }
    }

    /// What it tells of itself.
    var state: GatewayState? { TextFile.read(paths.state).flatMap { try? GatewayState(decoding: $0) } }

    func reload() { server.reload() }

    /// A new connection to the ingress.
    func connect() throws -> Connection { try Connection(to: ingress) }

    /// The response to a request on a connection of its own.
    func get(_ target: String) throws -> Response {
        try connect().exchange("GET \(target) HTTP/1.1\r\nHost: here\r\n\r\n")
    }

    deinit {
        // The end of a test is the end of its process's threads; a gateway that cannot end ends with it.
        try? server.end()
    }
}
