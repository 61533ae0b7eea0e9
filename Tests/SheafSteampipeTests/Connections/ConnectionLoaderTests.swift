import SheafSteampipe
import Testing

@Suite struct ConnectionLoaderTests {
    @Test(arguments: [
        ("csv", "csv"), ("turbot/csv", "csv"), ("csv@latest", "csv"), ("theapsgroup/exec", "exec"),
        ("hub.steampipe.io/plugins/turbot/csv@^1.0", "csv"), ("local/steampipe-plugin-config", "config"),
    ])
    func reducesPluginsToTheirBaseName(plugin: String, name: String) {
        #expect(ConnectionConfig.baseName(ofPlugin: plugin) == name)
    }

    @Test(arguments: ["", "1a", "a-b", "a b", "pg_x", "public", "steampipe_x", "information_schema", "é"])
    func refusesNamesThatCannotBeSchemas(name: String) {
        let set = ConnectionLoader.load(files: [("x.spc", "connection \"\(name)\" {\n plugin = \"csv\"\n}\n")])
        #expect(set.connections.isEmpty)
        #expect(set.problems.count == 1)
    }

    @Test func tellsBothPlacesOfADuplicate() {
        let text = "connection \"a\" {\n plugin = \"csv\"\n}\n"
        let set = ConnectionLoader.load(files: [("x.spc", text), ("y.spc", "\n" + text)])
        #expect(set.connections.count == 1)
        #expect(set.problems == ["y.spc:2:1: duplicate connection name 'a', which x.spc:1 has already"])
    }

    @Test func takesOptionsAndPluginsOnce() {
        let text = """
            options "database" {
              search_path = "a, b"
            }
            plugin "csv" {
              memory_max_mb = 64
              limiter "one" {
                max_concurrency = 1
              }
            }
            """
        let set = ConnectionLoader.load(files: [("x.spc", text), ("y.spc", "\n" + text)])
        #expect(set.searchPath == ["a", "b"])
        #expect(set.plugins.map(\.memoryMaxMb) == [64])
        #expect(
            set.problems == [
                "y.spc:2:1: duplicate options block 'database', which x.spc:1 has already",
                "y.spc:5:1: duplicate plugin name 'csv', which x.spc:4 has already",
            ]
        )
    }

    @Test func keepsABrokenConnectionWithItsReason() {
        let text = "connection \"a\" {\n plugin = 1\n}\nconnection \"b\" {\n plugin = \"csv\"\n}\n"
        let set = ConnectionLoader.load(files: [("x.spc", text)])
        #expect(set.connections.map(\.name) == ["a", "b"])
        #expect(set.connections[0].problem == "x.spc:2:11: 'plugin' must be the name of a plugin")
        #expect(set.connections[1].problem == nil)
    }

    @Test func followsReferencesToPluginBlocks() {
        let text = "plugin \"mine\" {\n source = \"turbot/csv\"\n}\nconnection \"a\" {\n plugin = plugin.mine\n}\n"
        #expect(ConnectionLoader.load(files: [("x.spc", text)]).connections.first?.pluginName == "csv")
    }

    @Test func buildsTheSearchPathAndTheAggregators() throws {
        let scratch = try ScratchFolder()
        try scratch.write("a,b\n1,2\n", to: "one/t.csv")
        try scratch.write("b,c\n3,4\n", to: "two/t.csv")
        let text = """
            connection "csv_b" {
              plugin = "csv"
              paths = ["two/*.csv"]
            }
            connection "csv_a" {
              plugin = "csv"
              paths = ["one/*.csv"]
            }
            connection "hidden" {
              plugin = "csv"
              paths = ["one/*.csv"]
              import_schema = "disabled"
            }
            connection "all" {
              plugin = "csv"
              type = "aggregator"
              connections = ["csv_*", "hidden", "none_*"]
            }
            connection "cloud" {
              plugin = "aws"
            }
            """
        let inventory = InventoryBuilder.inventory(
            of: ConnectionLoader.load(files: [("x.spc", text)]),
            folder: scratch.path,
            environment: [:],
            log: ServiceLog()
        )
        #expect(inventory.searchPath == ["public", "all", "csv_a", "csv_b", "steampipe_internal"])
        #expect(inventory.statuses.map(\.state) == [.ready, .error, .ready, .ready, .disabled])
        let all = try #require(inventory.statuses.first)
        #expect(all.members == ["csv_a", "csv_b", "hidden"])
        #expect(all.tables.first?.columns.map(\.name) == ["a", "b", "c"])
        #expect(inventory.notes.contains("aggregator 'all' with pattern 'none_*' matches no connections"))
        #expect(inventory.statuses[1].error?.contains("not available offline: it needs AWS credentials") == true)
    }
}
