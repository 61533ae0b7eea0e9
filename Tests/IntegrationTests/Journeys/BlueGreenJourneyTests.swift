import SheafSystem
import SheafTestSupport
import Testing

/// Services behind the gateway, with the real programs.
@Suite struct BlueGreenJourneyTests {
    @Test func anUpgradeAndARollbackLoseNoRequest() async throws {
        let example = try BlueGreenExample()
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
        let rollback = try await example.site.sheaf("rollback", BlueGreenExample.name)
        #expect(rollback.code == 0, "\(rollback)")
        #expect(try await example.page() == "blue\n")
        for outcome in [byPath.stop(), byPort.stop()] {
            let lost = "\(outcome.failures.count) of \(outcome.count): \(outcome.failures.prefix(3))"
            #expect(outcome.failures.isEmpty, "\(lost)")
            #expect(Set(outcome.bodies.keys) == ["blue\n", "green\n"])
        }
        let deleted = try await example.site.sheaf("delete", BlueGreenExample.name)
        #expect(deleted.code == 0, "\(deleted)")
        #expect(example.site.processes().isEmpty, "the gateway ends with the last service")
    }

    @Test func aNewVersionThatNeverGetsReadyIsNeverSeen() async throws {
        let example = try BlueGreenExample()
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
        let example = try BlueGreenExample()
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

    @Test func aServiceThatNamesItsPortItselfKeepsItsCallersWaiting() async throws {
        let example = try BlueGreenExample()
        defer { example.site.end() }
        try example.change("$(PORT)", to: "\(example.port)")
        let plan = try await example.site.sheaf("plan", example.site.bundle)
        #expect(plan.errors.contains("gets one instance instead of 2"), "\(plan)")
        try await example.apply()
        #expect(try await example.service().runtime == "running:1")
        let load = try LoadGenerator(rate: 50, port: example.ingress, path: "/site/")
        try await eventually("requests are answered") { load.current.count > 10 }
        try example.write(page: "green")
        try await example.apply()
        try await eventually("the new page is there") { load.current.bodies["green\n"] ?? 0 > 10 }
        let outcome = load.stop()
        #expect(outcome.failures.isEmpty, "\(outcome)")
    }

    @Test func anotherPathNeedsNoNewProcess() async throws {
        let example = try BlueGreenExample()
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
        let example = try BlueGreenExample()
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
        let back = try await example.site.sheaf("rollback", BlueGreenExample.name)
        #expect(back.code == 0, "\(back)")
        #expect(try await example.get("\(example.port)/") == "blue\n")
        #expect(example.gateway == nil)
    }
}
