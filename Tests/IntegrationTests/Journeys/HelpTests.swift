import SheafTestSupport
import Testing

/// What `--help` looks like on a terminal of 80 columns.
@Suite struct HelpTests {
    /// The names that `sheaf --help` lists.
    private func commands(_ site: Site) async throws -> [String] {
        try await site.sheaf("--help").output.split(separator: "\n")
            .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.hasPrefix("  -") && !$0.hasPrefix("  sheaf") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
    }

    @Test func paragraphsFillTheirLinesAndExamplesFitOnOne() async throws {
        let site = try Site()
        let commands = try await commands(site)
        try #require(commands.count > 20)
        for command in commands {
            let help = try await site.sheaf(command, "--help")
            #expect(help.code == 0)
            let lines = help.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                .prefix { !$0.hasPrefix("USAGE") }
            for (line, next) in zip(lines, lines.dropFirst()) where !next.isEmpty && !next.hasPrefix(" ") {
                #expect(!line.hasPrefix(" "), "an example of '\(command)' is longer than a line: \(line)")
                guard !line.isEmpty, let word = next.split(separator: " ").first else { continue }
                #expect(line.count + 1 + word.count >= 80, "'\(command)' breaks a line early: \(line)")
            }
        }
    }
}
