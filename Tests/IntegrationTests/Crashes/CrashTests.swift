import FoundationEssentials
import SheafTestSupport
import Testing

/// Kills `sheaf` with SIGKILL at each moment that counts, and looks at what recovery makes of the remains.
@Suite struct CrashTests {
    @Test(arguments: CrashOperation.allCases)
    func aKillAtEveryWriteThatLastsLeavesTheOldOrTheNewRevision(operation: CrashOperation) async throws {
        let moments = try await countMoments(operation)
        #expect(moments > 10)
        var kills = 0
        for moment in 1...moments {
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
                "\(operation.rawValue) killed at \(moment) of \(moments)"
            )
        }
        #expect(kills > moments / 2)
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
