import FoundationEssentials
import SheafTestSupport
import Testing

/// Kills `sheaf` with SIGKILL at each moment that counts, and looks at what recovery makes of the remains.
@Suite struct CrashTests {
    /// How many moments of an operation are tried, chosen by the seed; `make torture` tries all.
    private static let most = 60

    @Test(arguments: CrashOperation.allCases)
    func aKillAtEveryWriteThatLastsLeavesTheOldOrTheNewRevision(operation: CrashOperation) async throws {
        let moments = try await countMoments(operation)
        #expect(moments > 10)
        var numbers = Torture.numbers(40)
        let chosen = (1...moments).shuffled(using: &numbers).prefix(Torture.isThorough ? moments : Self.most).sorted()
        var kills = 0
        for moment in chosen {
            let site = try Site()
            defer { site.end() }
            let arguments = try await operation.prepare(site, Scenario())
            let before = try await site.statusIfKnown(of: Scenario.name)
            let killed = try await site.run(
                "\(Site.built)/sheaf",
                arguments,
                environment: ["LD_PRELOAD": Kill.shim, "SHEAF_CRASH_AT": String(moment)]
            )
            // Threads may reach fewer moments in this run than in the counted one; then there was no kill.
            guard killed.code == 128 + 9 else { continue }
            kills += 1
            try await Consistency.checkRecovery(
                of: site,
                before: before,
                "SHEAF_TORTURE_SEED=\(Torture.seed), \(operation.rawValue) killed at \(moment) of \(moments)"
            )
        }
        #expect(kills > chosen.count / 2)
    }

    /// How many moments an operation has.
    private func countMoments(_ operation: CrashOperation) async throws -> Int {
        let site = try Site()
        defer { site.end() }
        let arguments = try await operation.prepare(site, Scenario())
        let count = site.scratch.path("count")
        _ = try await site.run(
            "\(Site.built)/sheaf",
            arguments,
            environment: ["LD_PRELOAD": Kill.shim, "SHEAF_CRASH_COUNT": count]
        )
        let text = String(decoding: try Data(contentsOf: URL(filePath: count)), as: UTF8.self)
        return try #require(text.split(separator: "\n").first.flatMap { Int($0) })
    }
}
