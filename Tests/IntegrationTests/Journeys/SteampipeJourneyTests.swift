import FoundationEssentials
import SheafSystem
import SheafTestSupport
import Testing

/// The bundle `steampipe-csv`, asked with `sheaf query`.
@Suite struct SteampipeJourneyTests {
    private struct Answer: Decodable {
        struct Column: Decodable, Hashable {
            var name: String
            var data_type: String
        }

        var columns: [Column]
        var rows: [[String: String?]]
    }

    private func copied(to site: Site) throws {
        let root = "\(Site.repository)/bundles/steampipe-csv"
        let port = try FreePort.find()
        for path in try FileManager.default.subpathsOfDirectory(atPath: root) {
            // Folders have no text.
            guard let text = TextFile.read("\(root)/\(path)") else { continue }
            try site.write(path, text.replacing("9194", with: "\(port)"))
        }
    }

    private let byRegion =
        "select sp_connection_name as region, count(*)::text as orders from all_regions.orders group by 1 order by 1"

    private func regions(_ site: Site) async throws -> Site.Result {
        try await site.sheaf("query", "regions", byRegion, "--output", "csv", "--header=false")
    }

    private func edit(_ path: String, in site: Site, _ old: String, _ new: String) throws {
        let text = try #require(TextFile.read("\(site.bundle)/\(path)"))
        #expect(text.contains(old))
        try site.write(path, text.replacing(old, with: new))
    }

    @Test(.enabled(if: Engines.has(.postgres), "PostgreSQL is installed"))
    func theExampleAnswersIsUpgradedAndRolledBack() async throws {
        let site = try Site()
        defer { site.end() }
        try copied(to: site)
        let applied = try await site.sheaf("apply", site.bundle)
        try #require(applied.code == 0, "\(applied)")

        let table = try await site.sheaf("query", "service:regions:regions", byRegion)
        #expect(
            table.output == """
                +--------+--------+
                | region | orders |
                +--------+--------+
                | north  | 4      |
                | south  | 3      |
                +--------+--------+

                """,
            "\(table)"
        )
        #expect(try await regions(site).output == "north,4\nsouth,3\n")
        let json = try await site.sheaf("query", "regions", byRegion, "-o", "json")
        let answer = try JSONDecoder().decode(Answer.self, from: Data(json.output.utf8))
        #expect(answer.columns.map(\.name) == ["region", "orders"])
        #expect(answer.columns.map(\.data_type) == ["text", "text"])
        #expect(answer.rows == [["region": "north", "orders": "4"], ["region": "south", "orders": "3"]])
        try await otherTablesAnswer(site)
        try await mistakesAreExplained(site)

        // A line that is added is in the next answer.
        let file = "\(site.home)/volumes/regions/region-data/regions/north/orders.csv"
        let text = try #require(TextFile.read(file))
        try Data((text + "N005,2026-02-01,lamp,1,39.90\n").utf8).write(to: URL(filePath: file))
        #expect(try await regions(site).output == "north,5\nsouth,3\n")

        try site.write("data/eleventh.csv", "order_id,product\nE001,lamp\n")
        try edit(
            "resources/seed.yaml",
            in: site,
            "south.csv: data/",
            "eleventh.csv: data/eleventh.csv\n          south.csv: data/"
        )
        try edit(
            "config/regions.spc",
            in: site,
            "connection \"south\"",
            """
            connection "eleventh" {
              plugin = "csv"
              paths = ["/var/dataos/persistent_data/regions/eleventh/*.csv"]
            }
            connection "south"
            """
        )
        let upgraded = try await site.sheaf("apply", site.bundle)
        #expect(upgraded.code == 0, "\(upgraded)")
        #expect(try await regions(site).output == "eleventh,1\nnorth,5\nsouth,3\n")
        let rolledBack = try await site.sheaf("rollback", "steampipe-csv")
        #expect(rolledBack.code == 0, "\(rolledBack)")
        #expect(try await regions(site).output == "north,5\nsouth,3\n")

        let deleted = try await site.sheaf("delete", "steampipe-csv", "--delete-data")
        #expect(deleted.code == 0, "\(deleted)")
        #expect(site.processes().isEmpty)
        let gone = try await site.sheaf("query", "regions", "select 1")
        #expect(gone.code == 1, "\(gone)")
        #expect(gone.errors.contains("no live resource is called 'regions'"), "\(gone)")
    }

    private func otherTablesAnswer(_ site: Site) async throws {
        let target = "select key_path, value from settings.yml_key_value where keys ->> 1 = 'south'"
        #expect(
            try await site.sheaf("query", "regions", target, "-o", "csv").output
                == "key_path,value\nregions.south.target,300\n"
        )
        let title = "select value from settings.ini_key_value where key = 'title'"
        let line = try await site.sheaf("query", "regions", title, "-o", "line")
        #expect(line.output.hasSuffix("\nvalue | Orders of the regions\n"), "\(line)")
        // Standard input, and several statements.
        let command = "select stdout_output from host.exec_command where command = 'printf \"a,b\"'; select 1 as one"
        try site.write("../questions.sql", command)
        let both = try await site.sheaf("query", "regions", "-f", site.scratch.path("questions.sql"), "-o", "csv")
        #expect(both.output == "stdout_output\n\"a,b\"\n\none\n1\n", "\(both)")
        let path = try await site.sheaf(
            "query",
            "regions",
            "show search_path",
            "--search-path-prefix",
            "south",
            "-o",
            "csv"
        )
        #expect(
            path.output.hasSuffix("\"south, public, all_regions, host, north, settings, steampipe_internal\"\n"),
            "\(path)"
        )
        let unqualified = try await site.sheaf(
            "query",
            "regions",
            "select count(*) from orders where discount = ''",
            "--search-path",
            "south",
            "-o",
            "csv"
        )
        #expect(unqualified.output == "count\n1\n", "\(unqualified)")
    }

    private func mistakesAreExplained(_ site: Site) async throws {
        let wrong = try await site.sheaf("query", "regions", "select order_id\nfrom north.order")
        #expect(wrong.code == 41, "\(wrong)")
        #expect(wrong.output.isEmpty)
        #expect(
            wrong.errors.contains("error[query.failed]: relation \"north.order\" does not exist (42P01)"),
            "\(wrong)"
        )
        #expect(wrong.errors.contains(" --> SQL:2:6\n"), "\(wrong)")
        #expect(wrong.errors.contains("2 | from north.order\n  |      ^"), "\(wrong)")
        let half = try await site.sheaf("query", "regions", "select 1 as one; select 1 / 0", "-o", "csv")
        #expect(half.code == 41, "\(half)")
        #expect(half.output == "one\n1\n", "\(half)")
        let late = try await site.sheaf("query", "regions", "select pg_sleep(600)", "--timeout", "1s")
        #expect(late.code == 41, "\(late)")
        #expect(late.errors.contains("statement timeout"), "\(late)")
        let other = try await site.sheaf("query", "region", "select 1")
        #expect(other.code == 1, "\(other)")
        #expect(other.errors.contains("did you mean 'regions'?"), "\(other)")
        let volume = try await site.sheaf("query", "volume:region-data", "select 1")
        #expect(volume.errors.contains("volume:region-data:regions does not answer SQL"), "\(volume)")
    }

    @Test(.enabled(if: Engines.has(.postgres), "PostgreSQL is installed"))
    func ctrlCEndsTheQueryOnTheServer() async throws {
        let site = try Site()
        defer { site.end() }
        try copied(to: site)
        let applied = try await site.sheaf("apply", site.bundle)
        try #require(applied.code == 0, "\(applied)")
        // The query itself sends the signal, once it runs: its session knows which process asked.
        let script = """
            "\(Site.built)/sheaf" query regions "select pg_sleep(600)" & query=$!
            until "\(Site.built)/sheaf" query regions -o csv --header=false \
                "select count(*) from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'" |
                grep -qx 1; do :; done
            kill -INT $query
            wait $query
            """
        let interrupted = try await site.run("bash", ["-m", "-c", script])
        #expect(interrupted.code == 130, "\(interrupted)")
        #expect(interrupted.errors.contains("query.interrupted"), "\(interrupted)")
        let left = "select count(*) from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'"
        #expect(try await site.sheaf("query", "regions", left, "-o", "csv").output == "count\n0\n")
        let deleted = try await site.sheaf("delete", "steampipe-csv")
        #expect(deleted.code == 0, "\(deleted)")
    }

    @Test(.enabled("user namespaces work") { try await RealSteampipe.canRunAsAnotherUser })
    func aRealSteampipeIsUsedWithTheSameContract() async throws {
        let site = try Site()
        defer { site.end() }
        try copied(to: site)
        let fake = try RealSteampipe(site)
        let applied = try await fake.sheaf("apply", site.bundle)
        try #require(applied.code == 0, "\(applied)")
        let arguments = try fake.record("arguments").split(separator: "\n").map(String.init)
        #expect(arguments.starts(with: ["service", "start", "--foreground", "--database-port"]), "\(arguments)")
        #expect(arguments.contains("--database-listen"))
        let environment = try fake.record("environment")
        #expect(environment.contains("STEAMPIPE_DATABASE_PASSWORD=example-only\n"))
        #expect(environment.contains("DATAOS_NAME=regions\n"))
        #expect(!arguments.contains("example-only"))
        let config = try fake.record("config").split(separator: "\n").map(String.init)
        #expect(config == ["host.spc", "regions.spc"])
        let deleted = try await fake.sheaf("delete", "steampipe-csv", "--delete-data")
        #expect(deleted.code == 0, "\(deleted)")
        #expect(try fake.record("signal") == "INT\n")
        #expect(site.processes().isEmpty)
    }
}

/// A program called `steampipe` that records how it is started and which signal ends it.
private struct RealSteampipe {
    private let site: Site
    private var folder: String { site.scratch.path("steampipe") }

    /// The real one refuses root, and so root runs this test in a user namespace.
    static var canRunAsAnotherUser: Bool {
        get async throws {
            let site = try Site()
            return try await site.run("unshare", namespace + ["true"]).code == 0
        }
    }

    private static let namespace = ["--user", "--map-user=1000", "--map-group=1000"]

    init(_ site: Site) throws {
        self.site = site
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = """
            #!/bin/bash
            folder=$(dirname "$0")
            while (($#)); do
                echo "$1" >>"$folder/arguments"
                [[ $1 == --database-port ]] && port=$2
                [[ $1 == --install-dir ]] && ls "$2/config" >"$folder/config"
                shift
            done
            env >"$folder/environment"
            trap 'echo INT >>"$folder/signal"; kill $server; exit 0' INT
            trap 'echo TERM >>"$folder/signal"; kill $server; exit 0' TERM
            busybox httpd -f -p "127.0.0.1:$port" -h "$folder" & server=$!
            wait $server
            """
        try Data(script.utf8).write(to: URL(filePath: "\(folder)/steampipe"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/steampipe")
    }

    /// Runs `sheaf` as a user who is not root and has `steampipe` on the path.
    func sheaf(_ arguments: String...) async throws -> Site.Result {
        let path = "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
        return try await site.run(
            "unshare",
            Self.namespace + ["\(Site.built)/sheaf"] + arguments,
            environment: ["PATH": path]
        )
    }

    func record(_ name: String) throws -> String {
        try #require(TextFile.read("\(folder)/\(name)"), "the program has recorded no \(name)")
    }
}
