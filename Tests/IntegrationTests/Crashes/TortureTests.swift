import SheafTestSupport
import Testing

/// Kills `sheaf` with SIGKILL at random times, again and again on the same site.
@Suite struct TortureTests {
    /// How many kills are made: 200, or `SHEAF_TORTURE_ROUNDS`, which `make torture` raises.
    private static let rounds = Torture.rounds(200)

    /// Longer than an operation takes on a slow machine, so that some are not killed at all.
    private static let longest = 600

    @Test func aKillAtARandomTimeLeavesTheOldOrTheNewRevision() async throws {
        let scenario = try Scenario()
        let site = try Site()
        defer { site.end() }
        try scenario.write(.one, to: site)
        try await CrashOperation.succeed(site, ["apply", site.bundle])
        var version = Scenario.Version.two
        var numbers = Torture.numbers(5)
        for round in 1...Self.rounds {
            let arguments: [String]
            switch round % 4 {
            case 0: arguments = ["delete", Scenario.name]
            case 1: arguments = ["rollback", Scenario.name]
            default:
                let broken = round % 8 == 2 ? CrashOperation.failing(scenario) : nil
                try scenario.write(version, to: site, broken: broken)
                arguments = ["apply", site.bundle]
                version = version == .one ? .two : .one
            }
            let milliseconds = Int.random(in: 1...Self.longest, using: &numbers)
            let before = try await site.statusIfKnown(of: Scenario.name)
            _ = try await site.run(
                "timeout",
                ["--signal=KILL", "0.\(String(milliseconds + 1000).dropFirst())", "\(Site.built)/sheaf"] + arguments
            )
            try await Consistency.checkRecovery(
                of: site,
                before: before,
                "SHEAF_TORTURE_SEED=\(Torture.seed), round \(round): \(arguments[0]) killed after \(milliseconds) ms"
            )
        }
    }
}
