import FoundationEssentials
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// A site with the example bundle and ports of its own.
struct BlueGreenExample {
    let site: Site
    let port: Int
    let ingress: Int

    static let name = "blue-green"

    init() throws {
        site = try Site()
        port = try FreePort.find()
        ingress = try FreePort.find()
        for path in ["bundle.yaml", "resources/site.yaml", "config/index.html"] {
            let file = URL(filePath: "\(Site.repository)/bundles/\(Self.name)/\(path)")
            let text = try String(contentsOf: file, encoding: .utf8)
            try site.write(path, text.replacing("8098", with: "\(port)"))
        }
        try FileManager.default.createDirectory(atPath: site.home, withIntermediateDirectories: true)
        try Data("gatewayPort: \(ingress)\n".utf8).write(to: URL(filePath: "\(site.home)/config.yaml"))
    }

    func write(page: String) throws { try site.write("config/index.html", "\(page)\n") }

    func change(_ old: String, to new: String) throws {
        let file = "\(site.bundle)/resources/site.yaml"
        let text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
        try #require(text.contains(old))
        try site.write("resources/site.yaml", text.replacing(old, with: new))
    }

    func apply() async throws {
        let applied = try await site.sheaf("apply", site.bundle)
        try #require(applied.code == 0, "\(applied)")
    }

    func get(_ url: String) async throws -> String {
        let answer = try await site.run("curl", ["-sS", "-m", "100", "http://127.0.0.1:\(url)"])
        return answer.output + answer.errors
    }

    func page() async throws -> String { try await get("\(ingress)/site/") }

    func service() async throws -> StatusReport.Resource {
        try #require(try await site.status(of: Self.name)["service:site:front"])
    }

    /// What the gateway has said last of itself.
    var gatewayState: GatewayState? {
        let paths = GatewayPaths(folder: "\(site.home)/gateway")
        return TextFile.read(paths.state).flatMap { try? GatewayState(decoding: $0) }
    }

    /// The process of the gateway, as it says itself.
    var gateway: ProcessIdentity? {
        gatewayState.map { ProcessIdentity(pid: $0.pid, startTime: $0.startTime) }.flatMap { $0.isAlive ? $0 : nil }
    }
}
