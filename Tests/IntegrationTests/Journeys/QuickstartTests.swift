import FoundationEssentials
import SheafTestSupport
import Testing

/// The example bundles, as a new user runs them.
@Suite struct QuickstartTests {
    private func query(_ sql: String, port: Int, password: String = "quickstart-only", site: Site) async throws
        -> Site.Result
    {
        try await site.run(
            "psql",
            ["-h", "127.0.0.1", "-p", "\(port)", "-U", "steampipe", "-d", "steampipe", "-At", "-c", sql],
            environment: ["PGPASSWORD": password, "PGCONNECT_TIMEOUT": "20"]
        )
    }

    @Test(.enabled(if: Engines.has(.postgres), "PostgreSQL is installed"))
    func theQuickstartServesItsDataAsSQLAndAsAPage() async throws {
        let site = try Site()
        defer { site.end() }
        let port = try FreePort.find(), page = try FreePort.find()
        try site.copy("quickstart", ports: [9193: port, 8088: page])
        try await site.commit(tag: "v1.0.0")
        let packed = try await site.sheaf("pack", site.bundle, "-o", site.scratch.path("quickstart.sheaf"))
        #expect(packed.code == 0, "\(packed)")
        let applied = try await site.sheaf("apply", site.scratch.path("quickstart.sheaf"))
        #expect(applied.code == 0, "\(applied)")
        let rows = try await query("select count(*) from shop.orders", port: port, site: site)
        #expect(rows.code == 0, "\(rows)")
        let count = try #require(Int(rows.output.replacing("\n", with: "")))
        #expect(count > 3)
        #expect(try await query("select 1", port: port, password: "wrong", site: site).code != 0)

        let file = "\(site.home)/volumes/shop/shop-data/shop/data/orders.csv"
        let text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
        let last = try #require(text.split(separator: "\n").last)
        try Data((text + last + "\n").utf8).write(to: URL(filePath: file))
        let edited = try await query("select count(*) from shop.orders", port: port, site: site)
        #expect(edited.output == "\(count + 1)\n", "\(edited)")

        let served = try await site.run("curl", ["-sf", "http://127.0.0.1:\(page)/"])
        #expect(served.code == 0, "\(served)")
        let status = try await site.sheaf("status", "quickstart")
        #expect(status.output.contains("succeeded"), "\(status.output)")
        let deleted = try await site.sheaf("delete", "quickstart")
        #expect(deleted.code == 0, "\(deleted)")
        #expect(site.processes().isEmpty)
        #expect(FileManager.default.fileExists(atPath: file))
    }

    @Test(.enabled(if: Engines.has(.podman), "podman and busybox are installed"))
    func theContainerBundleRunsThroughPodman() async throws {
        let site = try Site()
        defer { site.end() }
        let port = try FreePort.find()
        let image = try await site.run("bash", ["\(Site.repository)/bundles/container/make-image.sh"])
        try #require(image.code == 0, "\(image)")
        try site.copy("container", ports: [8089: port])
        let applied = try await site.sheaf("apply", site.bundle)
        #expect(applied.code == 0, "\(applied)")
        let served = try await site.run("curl", ["-sf", "http://127.0.0.1:\(port)/"])
        #expect(served.code == 0, "\(served)")
        let containers = try await site.run("podman", ["ps", "-q", "--filter", "label=sheaf.home=\(site.home)"])
        #expect(!containers.output.isEmpty)
        let deleted = try await site.sheaf("delete", "container")
        #expect(deleted.code == 0, "\(deleted)")
        let left = try await site.run("podman", ["ps", "-aq", "--filter", "label=sheaf.home=\(site.home)"])
        #expect(left.output.isEmpty, "\(left)")
        #expect(site.processes().isEmpty)
    }

    @Test(.enabled(if: Engines.has(.podman), "podman and busybox are installed"))
    func anImageThatDoesNotExistIsRefusedBeforeAnythingChanges() async throws {
        let site = try Site()
        defer { site.end() }
        let scenario = try Scenario()
        let ghost = scenario.item(
            "ghost",
            type: "worker",
            version: "v1beta",
            section: """
                stack: container
                compute: runnable-default
                stackSpec:
                  image: localhost/no-such-image:1
                """
        )
        try scenario.write(.one, to: site, broken: ghost)
        let refused = try await site.sheaf("apply", site.bundle)
        #expect(refused.code == 1, "\(refused)")
        #expect(refused.errors.contains("localhost/no-such-image:1"))
        #expect(site.processes().isEmpty)
        #expect(try site.incarnations() == [])
    }
}
