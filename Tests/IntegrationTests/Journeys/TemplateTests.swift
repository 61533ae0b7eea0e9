import FoundationEssentials
import SheafTestSupport
import Testing

/// The templates, as somebody uses them who has just installed Sheaf: made, validated, applied, deleted.
@Suite struct TemplateTests {
    /// Makes a product of a template, valid without a warning, and replaces words in all its files.
    private func make(_ template: String, at site: Site, replacing words: [String: String] = [:]) async throws {
        let made = try await site.sheaf("init", template, site.bundle)
        #expect(made.code == 0, "\(made)")
        #expect(made.errors.contains("Next:\n  cd \(site.bundle)\n  sheaf validate\n"), "\(made.errors)")
        let validated = try await site.sheaf("validate", site.bundle, "--strict")
        #expect(validated.code == 0, "\(validated)")
        for path in try FileManager.default.subpathsOfDirectory(atPath: site.bundle) {
            // Directories have no text.
            guard let text = try? String(contentsOf: URL(filePath: "\(site.bundle)/\(path)"), encoding: .utf8) else {
                continue
            }
            #expect(!text.contains("my-product"), "\(path)")
            try site.write(path, words.reduce(text) { $0.replacing($1.key, with: $1.value) })
        }
    }

    private func apply(_ site: Site, environment: [String: String] = [:]) async throws {
        let applied = try await site.sheaf("apply", site.bundle, environment: environment)
        try #require(applied.code == 0, "\(applied)")
    }

    /// Deletes the product, which is called as its folder, and looks that nothing is left.
    private func delete(_ site: Site) async throws {
        let deleted = try await site.sheaf("delete", "bundle", "--delete-data")
        #expect(deleted.code == 0, "\(deleted)")
        #expect(site.processes().isEmpty)
        #expect(try site.incarnations() == [])
    }

    @Test func theListShowsEachWithALine() async throws {
        let site = try Site()
        let listed = try await site.sheaf("init", "--list")
        let names = listed.output.split(separator: "\n").map { $0.prefix { $0 != " " } }
        #expect(names == ["NAME", "data-product", "steampipe-source", "container-service", "dbt-project"])
    }

    @Test func aDataProductServesItsTotals() async throws {
        let site = try Site()
        defer { site.end() }
        let port = try FreePort.find()
        try await make("data-product", at: site, replacing: ["8090": "\(port)"])
        try await apply(site)
        let page = try await site.run("curl", ["-sf", "http://127.0.0.1:\(port)/"])
        #expect(page.output.contains("<h1>bundle</h1>"), "\(page)")
        try await delete(site)
    }

    @Test(.enabled(if: Engines.has(.postgres), "PostgreSQL is installed"))
    func aSteampipeSourceAnswersInSQL() async throws {
        let site = try Site()
        defer { site.end() }
        let port = try FreePort.find()
        try await make("steampipe-source", at: site, replacing: ["9193": "\(port)"])
        try await apply(site)
        let counted = try await site.run(
            "psql",
            [
                "-h", "127.0.0.1", "-p", "\(port)", "-U", "steampipe", "-d", "steampipe", "-Atc",
                "select count(*) from files.measurements",
            ],
            environment: ["PGPASSWORD": "change-me", "PGCONNECT_TIMEOUT": "20"]
        )
        #expect(counted.output == "6\n", "\(counted)")
        #expect(try await site.status(of: "bundle")["workflow:check:bundle"]?.runtime == "succeeded")
        try await delete(site)
    }

    @Test(.enabled(if: Engines.has(.podman), "podman and busybox are installed"))
    func aContainerServiceServesItsPages() async throws {
        let site = try Site()
        defer { site.end() }
        let image = try await site.run("bash", ["\(Site.repository)/bundles/container/make-image.sh"])
        try #require(image.code == 0, "\(image)")
        let port = try FreePort.find()
        // The image of the template is in a registry; this one is made here and has the same programs.
        try await make(
            "container-service",
            at: site,
            replacing: ["8085": "\(port)", "docker.io/library/busybox:1.36": "localhost/sheaf-busybox:1"]
        )
        try await apply(site)
        let page = try await site.run("curl", ["-sf", "http://127.0.0.1:\(port)/"])
        #expect(page.output.contains("<h1>bundle</h1>"), "\(page)")
        let closed = try await site.run("curl", ["-sf", "http://127.0.0.1:\(port)/private/"])
        #expect(closed.code != 0)
        try await delete(site)
        let left = try await site.run("podman", ["ps", "-aq", "--filter", "label=sheaf.home=\(site.home)"])
        #expect(left.output.isEmpty, "\(left)")
    }

    @Test(.enabled(if: Engines.has(.dbt), "dbt is installed; scripts/install-dbt.sh does it"))
    func aDbtProjectIsBuiltAndTested() async throws {
        let site = try Site()
        defer { site.end() }
        try await make("dbt-project", at: site)
        try await apply(site, environment: ["PATH": Engines.pathWithDbt])
        #expect(try await site.status(of: "bundle")["workflow:build:bundle"]?.runtime == "succeeded")
        let database = "\(site.home)/volumes/bundle/warehouse/dbt/bundle.duckdb"
        #expect(FileManager.default.fileExists(atPath: database))
        // A test of dbt that fails fails the apply, and the release from before stays.
        try site.write("dbt/models/sensors.sql", "select sensor from {{ ref('measurements') }}\n")
        let broken = try await site.sheaf("apply", site.bundle, environment: ["PATH": Engines.pathWithDbt])
        #expect(broken.code == 3, "\(broken)")
        try await delete(site)
        #expect(!FileManager.default.fileExists(atPath: database))
    }
}
