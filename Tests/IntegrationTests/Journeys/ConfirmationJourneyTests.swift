import FoundationEssentials
import Glibc
import SheafSystem
import SheafTestSupport
import Testing

/// `apply --confirm-within`, the waiter that it leaves behind, and `confirm`.
@Suite struct ConfirmationJourneyTests {
    private let site: Site
    private let scenario: Scenario

    init() throws {
        site = try Site()
        scenario = try Scenario()
    }

    private func apply(_ version: Scenario.Version, within time: String) async throws {
        try scenario.write(version, to: site)
        let applied = try await site.sheaf("apply", site.bundle, "--confirm-within", time)
        try #require(applied.code == 0, "\(applied)")
        #expect(applied.errors.contains("is to be confirmed until"), "\(applied)")
    }

    /// The processes that wait for a confirmation in this home.
    private func waiters() -> [ProcessIdentity] {
        ProcessTable.processes(withEnvironment: "SHEAF_HOME=\(site.home)").filter { process in
            TextFile.read("/proc/\(process.pid)/cmdline")?.contains("await-confirmation") == true
        }
    }

    private func revision() async throws -> Int? { try await site.status(of: Scenario.name).revision?.number }

    @Test func whatIsConfirmedStaysAndItsWaiterEnds() async throws {
        defer { site.end() }
        try scenario.write(.one, to: site)
        try await #expect(site.sheaf("apply", site.bundle).code == 0)
        try await apply(.two, within: "10m")
        #expect(waiters().count == 1)
        for command in ["status", "history"] {
            let shown = try await site.sheaf(command, Scenario.name)
            #expect(shown.output.contains("revision 2 is to be confirmed until"), "\(shown)")
        }
        let confirmed = try await site.sheaf("confirm", Scenario.name)
        #expect(confirmed.code == 0 && confirmed.errors.contains("revision 2"), "\(confirmed)")
        try await eventually("the waiter ends") { waiters().isEmpty }
        #expect(try await revision() == 2)
        let again = try await site.sheaf("confirm", Scenario.name)
        #expect(again.code == 1 && again.errors.contains("engine.nothing-to-confirm"), "\(again)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(site.home)/confirmations") == [])
    }

    @Test func whatIsNotConfirmedIsRevertedByItsWaiter() async throws {
        defer { site.end() }
        try scenario.write(.one, to: site)
        try await #expect(site.sheaf("apply", site.bundle).code == 0)
        try await apply(.two, within: "1s")
        try await eventually("the previous revision comes back") { try await revision() == 3 }
        try await eventually("the waiter ends") { waiters().isEmpty }
        try await Consistency.check(site, "reverted")
        let page = try await site.run("curl", ["-s", "http://127.0.0.1:\(scenario.port)/index.html"])
        #expect(page.output == "version 1\n")
        let history = try await site.sheaf("history", Scenario.name)
        #expect(
            history.output.contains("rollback to 1") && history.output.contains("not confirmed in time"),
            "\(history)"
        )
    }

    @Test func aFirstApplyThatIsNotConfirmedIsDeleted() async throws {
        defer { site.end() }
        try await apply(.one, within: "1s")
        try await eventually("nothing is left") {
            try await site.status(of: Scenario.name).revision?.operation == "delete"
        }
        try await eventually("the waiter ends") { waiters().isEmpty }
        #expect(site.processes().isEmpty)
    }

    @Test func withoutItsWaiterTheNextCommandReverts() async throws {
        defer { site.end() }
        try scenario.write(.one, to: site)
        try await #expect(site.sheaf("apply", site.bundle).code == 0)
        // Longer than a busy machine needs to come from the commit to the next line.
        try await apply(.two, within: "90s")
        for waiter in waiters() { waiter.signal(SIGKILL) }
        try await eventually("the waiter is gone and the deadline has passed") {
            let status = try await site.sheaf("status", Scenario.name)
            return waiters().isEmpty && status.output.contains("was to be confirmed until")
        }
        #expect(try await revision() == 2)
        let recovered = try await site.sheaf("recover")
        #expect(recovered.code == 0 && recovered.output.contains("undone"), "\(recovered)")
        #expect(try await revision() == 3)
        try await Consistency.check(site, "reverted")
        let again = try await site.sheaf("recover")
        #expect(again.output.contains("nothing to recover"), "\(again)")
    }

    @Test func aWaiterKilledAnywhereInItsRevertLeavesOneWholeRevision() async throws {
        defer { site.end() }
        try scenario.write(.one, to: site)
        try await #expect(site.sheaf("apply", site.bundle).code == 0)
        var killed = 0
        // Later versions of the same two, so that each round has something to revert.
        for (round, moment) in [2, 6, 11].enumerated() {
            // Longer than a busy machine needs to come from the commit to the kill of the waiter that it has left.
            try await apply(.two, within: "30s")
            let number = try #require(try await revision())
            for waiter in waiters() { waiter.signal(SIGKILL) }
            let result = try await site.run(
                "\(Site.built)/sheaf",
                ["await-confirmation", Scenario.name, "--revision", String(number)],
                environment: Kill.at(moment)
            )
            if result.code == Kill.code { killed += 1 }
            let recovered = try await site.sheaf("recover")
            #expect(recovered.code == 0, "\(recovered)")
            let report = try await Consistency.check(site, "round \(round), killed at \(moment)")
            #expect(report["worker:third:trialspace"] == nil, "version 1 is live")
        }
        #expect(killed > 0, "the revert was never killed")
    }

    @Test func aLaterApplySettlesIt() async throws {
        defer { site.end() }
        try await apply(.one, within: "10m")
        try scenario.write(.two, to: site)
        let settled = try await site.sheaf("apply", site.bundle)
        #expect(settled.errors.contains("revision 1 of 'trial' need not be confirmed any more"), "\(settled)")
        try await eventually("the waiter ends") { waiters().isEmpty }
        #expect(try await revision() == 2)
    }
}
