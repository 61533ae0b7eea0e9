import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// Kills workloads and supervisors at random moments, again and again.
@Suite struct ChaosTests {
    /// How many kills are made: 25, or `SHEAF_TORTURE_ROUNDS`, and as many as fit into `SHEAF_TORTURE_MINUTES`.
    private static let rounds = Torture.rounds(25)
    private static let count = 4

    @Test func whateverIsKilledNothingRunsTwiceAndNoLineIsLost() async throws {
        let site = try Site()
        defer { site.end() }
        let watchmen = try Watchmen(Self.count, on: site)
        try await CrashOperation.succeed(site, ["apply", site.bundle])
        var numbers = Torture.numbers(77)
        var round = 0
        while round < Self.rounds || Torture.goesOn {
            round += 1
            let name = watchmen.names[Int.random(in: 0..<Self.count, using: &numbers)]
            let hint = "SHEAF_TORTURE_SEED=\(Torture.seed), round \(round): \(name)"
            if Int.random(in: 0..<3, using: &numbers) == 0 {
                try await killSupervisor(of: name, watchmen, hint)
            } else {
                try await killProcess(of: name, watchmen, hint)
            }
            #expect(try await eventually { watchmen.areAllOnDuty }, "\(hint) is not back")
        }
        try watchmen.check()
        #expect(try await eventually { watchmen.zombies.isEmpty })
        try await CrashOperation.succeed(site, ["delete", Watchmen.bundle])
        #expect(site.processes().isEmpty)
    }

    /// A killed process is started again once, and not before its pause is over.
    private func killProcess(of name: String, _ watchmen: Watchmen, _ hint: String) async throws {
        let before = try #require(watchmen.status(name)?.processes.first)
        let process = try #require(watchmen.process(name), "\(hint) does not run")
        process.signal(9)
        #expect(try await eventually { (watchmen.status(name)?.processes.first?.attempts ?? 0) > before.attempts })
        let after = try #require(watchmen.status(name)?.processes.first)
        #expect(after.attempts == before.attempts + 1, "\(hint)")
        #expect(after.exit == .signal(9), "\(hint)")
        let (ended, started) = (try #require(after.finishedAt), try #require(after.startedAt))
        #expect(started - ended >= RestartPolicy.firstPause - 1, "\(hint) came back after \(started - ended) ms")
    }

    /// Nothing brings back what lost its supervisor but a command.
    private func killSupervisor(of name: String, _ watchmen: Watchmen, _ hint: String) async throws {
        let supervisor = try #require(watchmen.supervisor(name), "\(hint) has no supervisor")
        supervisor.signal(9)
        #expect(supervisor.waitForEnd(atMost: .seconds(60)))
        let site = watchmen.site
        let result = try await site.sheaf("recover")
        #expect(result.code == 0, "\(hint): \(result.errors)")
        #expect(result.output.contains("worker:\(name):watch is started again"), "\(hint): \(result.output)")
    }
}
