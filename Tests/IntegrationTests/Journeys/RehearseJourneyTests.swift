import FoundationEssentials
import Glibc
import SheafSystem
import SheafTestSupport
import Testing

/// `sheaf rehearse`: what is live stays as it is, and what is compared is compared in a scratch home.
@Suite struct RehearseJourneyTests {
    private let site: Site
    private let scenario: Scenario
    private var temporary: String { site.scratch.path("tmp") }

    init() throws {
        site = try Site()
        scenario = try Scenario()
        try scenario.write(.one, to: site)
        try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
    }

    private func rehearse(_ options: String...) async throws -> Site.Result {
        try await site.run(
            "\(Site.built)/sheaf",
            ["rehearse", site.bundle] + options,
            environment: ["TMPDIR": temporary]
        )
    }

    /// What rehearsals have left behind.
    private func leftovers() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: temporary).filter { $0.hasPrefix("sheaf-rehearsal-") }
    }

    private func strays() -> [ProcessIdentity] {
        ProcessTable.pids().compactMap { pid in
            let isStray = TextFile.read("/proc/\(pid)/environ")?.contains("SHEAF_INCARNATION=\(temporary)/") == true
            return isStray ? ProcessIdentity(of: pid) : nil
        }
    }

    @Test func aFirstApplyLeavesNothing() async throws {
        defer { site.end() }
        let result = try await rehearse()
        #expect(result.code == 0, "\(result)")
        #expect(result.output.contains("as a first apply and deleted") && result.output.contains("no difference"))
        #expect(result.output.contains("volume/trialspace/data is kept"), "\(result)")
        #expect(try leftovers() == [] && strays().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: "\(site.home)/state.db"))
    }

    @Test func anUpgradeIsRehearsedBesideWhatIsLive() async throws {
        defer { site.end() }
        try await #expect(site.sheaf("apply", site.bundle).code == 0)
        let before = try await Consistency.check(site, "before")
        try scenario.write(.two, to: site)
        let result = try await rehearse()
        #expect(result.code == 0, "\(result)")
        #expect(result.output.contains("from revision 1 and rolled back"), "\(result)")
        #expect(result.output.contains("port \(scenario.port) is taken, and is"), "\(result)")
        #expect(try await Consistency.check(site, "after") == before)
        let page = try await site.run("curl", ["-s", "http://127.0.0.1:\(scenario.port)/index.html"])
        #expect(page.output == "version 1\n")
        #expect(try leftovers() == [] && strays().isEmpty)
    }

    @Test func whatARollbackDoesNotGiveBackIsListed() async throws {
        defer { site.end() }
        try await #expect(site.sheaf("apply", site.bundle).code == 0)
        let item = scenario.item(
            "spill",
            type: "workflow",
            version: "v1",
            section: """
                dag:
                  - name: job
                    spec:
                      stack: container
                      compute: runnable-default
                      persistentVolume:
                        name: data
                        directory: out
                      stackSpec:
                        command: [sh, -c]
                        arguments: ["cd /var/dataos/persistent_data/out; echo more >> done; echo new > spilt"]
                """
        )
        try scenario.write(.one, to: site, broken: item + "\n      dependencies: [once]")
        let result = try await rehearse("-o", "json")
        #expect(result.code == 1 && result.errors.contains("rehearse.differences"), "\(result)")
        let line = try #require(result.output.split(separator: "\n").first { $0.contains("rehearsal-result") })
        let report = try JSONDecoder().decode(Report.self, from: Data(line.utf8))
        #expect(
            report.differences == [
                .init(action: "changed", what: "volume/trialspace/data/out/done"),
                .init(action: "added", what: "volume/trialspace/data/out/spilt"),
            ]
        )
        let quiet = try await rehearse("--no-jobs")
        #expect(quiet.code == 0, "\(quiet)")
    }

    private struct Report: Decodable {
        struct Difference: Decodable, Hashable {
            var action: String
            var what: String
        }

        var differences: [Difference]
    }

    @Test func aFailedApplyIsToldAndNothingIsLeft() async throws {
        defer { site.end() }
        try await #expect(site.sheaf("apply", site.bundle).code == 0)
        try scenario.write(.two, to: site, broken: scenario.worker("broken", script: "exit 3"))
        let result = try await rehearse()
        #expect(result.code == 1 && result.errors.contains("rehearse.failed"), "\(result)")
        #expect(result.errors.contains("exit code 3"), "\(result)")
        #expect(try leftovers() == [] && strays().isEmpty)
        #expect(try await site.status(of: Scenario.name).revision?.number == 1)
    }

    @Test func whatAKilledRehearsalLeavesIsRemovedByTheNext() async throws {
        defer {
            for stray in strays() { stray.signal(SIGKILL) }
            site.end()
        }
        // The job ends the rehearsal itself, when everything else runs.
        let script = "kill -9 $(cat \(temporary)/pid); sleep 100"
        try scenario.write(.one, to: site, broken: scenario.job("assassin", script: script))
        let killed = try await site.run(
            "sh",
            ["-c", "echo $$ > '\(temporary)/pid'; exec '\(Site.built)/sheaf' rehearse '\(site.bundle)'"],
            environment: ["TMPDIR": temporary]
        )
        #expect(killed.code == 128 + SIGKILL, "\(killed)")
        #expect(try leftovers().count == 1)
        #expect(!strays().isEmpty)
        try scenario.write(.one, to: site)
        let result = try await rehearse()
        #expect(result.code == 0 && result.errors.contains("which a killed rehearsal had left"), "\(result)")
        #expect(try leftovers() == [] && strays().isEmpty)
    }
}
