import SheafSteampipe
import Testing

@Suite struct ServiceOptionsTests {
    @Test func readsArgumentsAndEnvironment() throws {
        let options = try ServiceOptions(
            arguments: ["--config-dir", "c", "--data-dir=d", "--port", "9200", "--listen", "network"],
            environment: ["STEAMPIPE_DATABASE_PASSWORD": "p"]
        )
        #expect(options.configFolder == "c")
        #expect(options.dataFolder == "d")
        #expect(options.port == 9200)
        #expect(options.listen == .network)
        #expect(options.password == "p")
    }

    @Test(arguments: [
        [], ["--config-dir", "c"], ["--config-dir", "c", "--data-dir"],
        ["--config-dir", "c", "--data-dir", "d", "--port", "0"], ["--what"],
        ["--config-dir", "c", "--data-dir", "d", "--listen", "all"],
    ])
    func refusesWrongArguments(arguments: [String]) throws {
        let error = try #require(throws: SteampipeError.self) {
            try ServiceOptions(arguments: arguments, environment: [:])
        }
        #expect(error.exit == .usage)
    }

    @Test func saysInOneSentenceThatPostgresIsMissing() throws {
        let error = try #require(throws: SteampipeError.self) {
            try PostgresBinaries.find(environment: ["SHEAF_POSTGRESQL_BIN": "/nonexistent"])
        }
        #expect(error.description == "PostgreSQL is not installed; run 'apt-get install postgresql'")
        #expect(error.exit.rawValue == 31)
    }
}
