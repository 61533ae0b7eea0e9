import FoundationEssentials
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// Services behind the gateway, with the real programs.
@Suite struct BlueGreenJourneyTests {
    /// A site with the example bundle and ports of its own.
    private struct Example {
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

        /// The process of the gateway, as it says itself.
        var gateway: ProcessIdentity? {
            let paths = GatewayPaths(folder: "\(site.home)/gateway")
            let state = TextFile.read(paths.state).flatMap { try? GatewayState(decoding: $0) }
            return state.map { ProcessIdentity(pid: $0.pid, startTime: $0.startTime) }.flatMap { $0.isAlive ? $0 : nil }
        }
    }

    @Test func anUpgradeAndARollbackLoseNoRequest() async throws {
        let example = try Example()
        defer { example.site.end() }
        try await example.apply()
        let service = try await example.service()
        #expect(service.runtime == "running:2" && service.pids.count == 2)
        #expect(service.location == "http://127.0.0.1:\(example.ingress)/site")
        let byPath = try LoadGenerator(rate: 200, port: example.ingress, path: "/site/")
        let byPort = try LoadGenerator(rate: 50, port: example.port, path: "/")
        try await eventually("requests are answered") { byPath.current.bodies["blue\n"] ?? 0 > 20 }
        try example.write(page: "green")
        let plan = try await example.site.sheaf("plan", example.site.bundle)
        #expect(plan.output.contains("no interruption"), "\(plan)")
        try await example.apply()
        try await eventually("the new page is there") { byPath.current.bodies["green\n"] ?? 0 > 20 }
        let rollback = try await example.site.sheaf("rollback", Example.name)
        #expect(rollback.code == 0, "\(rollback)")
        #expect(try await example.page() == "blue\n")
        for outcome in [byPath.stop(), byPort.stop()] {
            let lost = "\(outcome.failures.count) of \(outcome.count): \(outcome.failures.prefix(3))"
            #expect(outcome.failures.isEmpty, "\(lost)")
            #expect(Set(outcome.bodies.keys) == ["blue\n", "green\n"])
        }
        let deleted = try await example.site.sheaf("delete", Example.name)
        #expect(deleted.code == 0, "\(deleted)")
        #expect(example.site.processes().isEmpty, "the gateway ends with the last service")
    }

    @Test func aNewVersionThatNeverGetsReadyIsNeverSeen() async throws {
        let example = try Example()
        defer { example.site.end() }
        try await example.apply()
        let before = try await example.service()
        let load = try LoadGenerator(rate: 50, port: example.ingress, path: "/site/")
        try await eventually("requests are answered") { load.current.count > 10 }
        try example.change("- httpd", to: "- nonsense")
        let failed = try await example.site.sheaf("apply", example.site.bundle)
        #expect(failed.code == 3, "\(failed)")
        #expect(failed.errors.contains("applet not found"), "the report has its last words: \(failed.errors)")
        let outcome = load.stop()
        #expect(outcome.failures.isEmpty && outcome.bodies.keys.elementsEqual(["blue\n"]), "\(outcome)")
        #expect(try await example.service().pids == before.pids, "what was live went on as it was")
    }

    @Test func theGatewayComesBackWithItsRoutes() async throws {
        let example = try Example()
        defer { example.site.end() }
        try await example.apply()
        let first = try #require(example.gateway)
        first.signal(9)
        try await eventually("another gateway runs") { example.gateway.map { $0 != first } ?? false }
        #expect(try await example.page() == "blue\n")
        // As after a reboot: nothing runs any more, and the next apply brings all of it back.
        example.site.end()
        try await eventually("nothing runs") { example.site.processes().isEmpty }
        try await example.apply()
        #expect(try await example.page() == "blue\n")
        #expect(try await example.get("\(example.port)/") == "blue\n")
    }

    @Test func anotherPathNeedsNoNewProcess() async throws {
        let example = try Example()
        defer { example.site.end() }
        try await example.apply()
        let before = try await example.service()
        try example.change("path: /site", to: "path: /other")
        try await example.apply()
        #expect(try await example.service().pids == before.pids)
        #expect(try await example.get("\(example.ingress)/other/") == "blue\n")
        #expect(try await example.page().contains("no service has the path /site/"))
    }

    @Test func aServiceGoesBehindTheGatewayAndBack() async throws {
        let example = try Example()
        defer { example.site.end() }
        try example.change("enabled: true", to: "enabled: false")
        try example.change("replicas: 2", to: "replicas: 1")
        try await example.apply()
        #expect(example.gateway == nil)
        #expect(try await example.get("\(example.port)/") == "blue\n")
        try example.change("enabled: false", to: "enabled: true")
        try await example.apply()
        #expect(try await example.get("\(example.port)/") == "blue\n")
        #expect(try await example.page() == "blue\n")
        let back = try await example.site.sheaf("rollback", Example.name)
        #expect(back.code == 0, "\(back)")
        #expect(try await example.get("\(example.port)/") == "blue\n")
        #expect(example.gateway == nil)
    }
}
