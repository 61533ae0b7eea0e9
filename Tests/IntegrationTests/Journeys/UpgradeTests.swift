import FoundationEssentials
import SheafSystem
import SheafTestSupport
import Testing

/// Apply, upgrade, failure, rollback and delete with real processes.
@Suite struct UpgradeTests {
    private let site: Site
    private let scenario: Scenario

    init() throws {
        site = try Site()
        scenario = try Scenario()
        try scenario.write(.one, to: site)
    }

    private func apply(_ version: Scenario.Version, broken: String? = nil) async throws -> Site.Result {
        try scenario.write(version, to: site, broken: broken)
        return try await site.sheaf("apply", site.bundle)
    }

    private func page() async throws -> String {
        try await site.run("curl", ["-s", "http://127.0.0.1:\(scenario.port)/index.html"]).output
    }

    @Test func theSameBundleTwiceTouchesNoProcess() async throws {
        defer { site.end() }
        #expect(try await apply(.one).code == 0)
        let first = try await Consistency.check(site, "first")
        let again = try await apply(.one)
        #expect(again.code == 0)
        #expect(again.errors.contains("nothing to do"))
        #expect(try await Consistency.check(site, "again") == first)
    }

    @Test func anUpgradeReplacesOnlyWhatChanges() async throws {
        defer { site.end() }
        #expect(try await apply(.one).code == 0)
        #expect(try await page() == "version 1\n")
        let before = try await Consistency.check(site, "before")
        try scenario.write(.two, to: site)
        let plan = try await site.sheaf("plan", site.bundle, "--exit-code")
        #expect(plan.code == 2)
        #expect(plan.output.contains("worker:second:trialspace"))
        #expect(plan.output.contains("1 to create"))
        #expect(plan.output.contains("100001"))
        #expect(try await apply(.two).code == 0)
        let after = try await Consistency.check(site, "after")
        #expect(try await page() == "version 2\n")
        #expect(before["worker:steady:trialspace"] == after["worker:steady:trialspace"])
        #expect(before["worker:second:trialspace"]?.pids != after["worker:second:trialspace"]?.pids)
        #expect(after["worker:first:trialspace"] == nil)
        #expect(after["worker:third:trialspace"] != nil)
    }

    @Test(arguments: [
        ("exit 3", "exit code 3"), ("echo no such table >&2; exit 1", "no such table"), ("kill -9 $$", "signal 9"),
    ])
    func aWorkerThatEndsAtOnceRestoresThePreviousRevision(script: String, reason: String) async throws {
        defer { site.end() }
        #expect(try await apply(.one).code == 0)
        let before = try await Consistency.check(site, "before")
        let broken =
            scenario.worker("broken", script: script) + "\n      dependencies: [second, web]"
        let failed = try await apply(.two, broken: broken)
        #expect(failed.code == 3, "\(failed)")
        #expect(failed.errors.contains(reason), "\(failed.errors)")
        let after = try await Consistency.check(site, "after")
        #expect(after.revision?.number == 1)
        #expect(after.resources.map(\.generation) == before.resources.map(\.generation))
        #expect(after["worker:steady:trialspace"] == before["worker:steady:trialspace"])
        #expect(after["worker:second:trialspace"] == before["worker:second:trialspace"])
        #expect(try await page() == "version 1\n")
        let history = try await site.sheaf("history", Scenario.name)
        #expect(history.output.contains("failed"))
        #expect(history.output.contains(reason), "\(history.output)")
    }

    @Test func aJobThatFailsRestoresThePreviousRevision() async throws {
        defer { site.end() }
        #expect(try await apply(.one).code == 0)
        let broken =
            scenario.item(
                "broken",
                type: "workflow",
                version: "v1",
                section: """
                    dag:
                      - name: fails
                        retry:
                          count: 1
                          strategy: OnFailure
                          duration: 10ms
                        spec:
                          stack: container
                          compute: runnable-default
                          stackSpec:
                            command: [sh, -c]
                            arguments: ["echo attempt; exit 3"]
                    """
            ) + "\n      dependencies: [second, web]"
        let failed = try await apply(.two, broken: broken)
        #expect(failed.code == 3, "\(failed)")
        #expect(failed.errors.contains("exit code 3"), "\(failed.errors)")
        #expect(try await Consistency.check(site, "after").revision?.number == 1)
        #expect(try await page() == "version 1\n")
    }

    @Test func aPortThatNeverOpensRestoresThePreviousRevision() async throws {
        defer { site.end() }
        #expect(try await apply(.one).code == 0)
        let broken = scenario.item(
            "deaf",
            type: "service",
            version: "v1",
            section: """
                stack: container
                compute: runnable-default
                servicePort: \(try FreePort.find())
                stackSpec:
                  command: [sleep]
                  arguments: ["1000"]
                """
        )
        try scenario.write(.two, to: site, broken: broken)
        let failed = try await site.sheaf("apply", site.bundle, "--timeout", "20s")
        #expect(failed.code == 3, "\(failed)")
        #expect(failed.errors.contains("service:deaf:trialspace"), "\(failed.errors)")
        #expect(try await Consistency.check(site, "after").revision?.number == 1)
    }

    private func secondWeb(port: Int) -> String {
        scenario.item(
            "second-web",
            type: "service",
            version: "v1",
            section: """
                stack: container
                compute: runnable-default
                servicePort: \(port)
                stackSpec:
                  command: [sleep]
                  arguments: ["1000"]
                """
        )
    }

    @Test func aPortThatIsTakenIsRefusedBeforeAnythingChanges() async throws {
        defer { site.end() }
        #expect(try await apply(.one).code == 0)
        let before = try await Consistency.check(site, "before")
        let taken = try TakenPort()
        let refused = try await apply(.one, broken: secondWeb(port: taken.port))
        #expect(refused.code == 1, "\(refused)")
        #expect(refused.errors.contains("executor.port-taken"), "\(refused.errors)")
        #expect(refused.errors.contains("\(taken.port)"), "\(refused.errors)")
        #expect(try await Consistency.check(site, "after") == before)
        #expect(try await !site.sheaf("history", Scenario.name).output.contains("failed"))
    }

    @Test func twoServicesOfABundleCannotHaveOnePort() async throws {
        defer { site.end() }
        let refused = try await apply(.one, broken: secondWeb(port: scenario.port))
        #expect(refused.code == 65, "\(refused)")
        #expect(refused.errors.contains("both have the port \(scenario.port)"), "\(refused.errors)")
        #expect(site.processes().isEmpty)
    }

    @Test func aProgramThatDoesNotExistIsRefusedBeforeAnythingChanges() async throws {
        defer { site.end() }
        let broken = scenario.item(
            "ghost",
            type: "worker",
            version: "v1beta",
            section: """
                stack: container
                compute: runnable-default
                stackSpec:
                  command: [no-such-program]
                """
        )
        let refused = try await apply(.one, broken: broken)
        #expect(refused.code == 1, "\(refused)")
        #expect(refused.errors.contains("no-such-program"), "\(refused.errors)")
        #expect(site.processes().isEmpty)
        #expect(try site.incarnations() == [])
    }

    @Test func rollbackRestoresSpecsProcessesAndConfigsAndLeavesData() async throws {
        defer { site.end() }
        #expect(try await apply(.one).code == 0)
        let first = try await Consistency.check(site, "first")
        #expect(try await apply(.two).code == 0)
        let data = "\(site.home)/volumes/trialspace/data/out/done"
        try Data("edited".utf8).write(to: URL(filePath: data))
        let rolledBack = try await site.sheaf("rollback", Scenario.name)
        #expect(rolledBack.code == 0, "\(rolledBack)")
        let third = try await Consistency.check(site, "third")
        #expect(third.revision?.number == 3)
        #expect(third.revision?.operation == "rollback")
        #expect(third.resources.map(\.resource) == first.resources.map(\.resource))
        #expect(third["worker:steady:trialspace"] == first["worker:steady:trialspace"])
        #expect(try await page() == "version 1\n")
        #expect(String(decoding: try Data(contentsOf: URL(filePath: data)), as: UTF8.self) == "edited")
        #expect(try await site.sheaf("rollback", Scenario.name, "--to", "2").code == 0)
        #expect(try await page() == "version 2\n")
        let unknown = try await site.sheaf("rollback", Scenario.name, "--to", "99")
        #expect(unknown.code == 1)
        #expect(unknown.errors.contains("has no revision 99"))
    }

    @Test func rollbackRestoresTheSecretsOfItsRevision() async throws {
        defer { site.end() }
        #expect(try await apply(.one).code == 0)
        let manifest = try String(contentsOf: URL(filePath: "\(site.bundle)/bundle.yaml"), encoding: .utf8)
        try site.write("bundle.yaml", manifest.replacing("correct-horse", with: "battery-staple"))
        let changed = try await site.sheaf("apply", site.bundle)
        #expect(changed.code == 0, "\(changed)")
        #expect(!changed.errors.contains("battery-staple"))
        #expect(try await environment("PASSWORD") == "battery-staple")
        #expect(try await site.sheaf("rollback", Scenario.name).code == 0)
        #expect(try await environment("PASSWORD") == "correct-horse")
    }

    private func environment(_ name: String) async throws -> String? {
        let report = try await site.status(of: Scenario.name)
        let pid = try #require(report["worker:second:trialspace"]?.pids.last)
        let variables = TextFile.read("/proc/\(pid)/environ")?.split(separator: "\0") ?? []
        return variables.first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    @Test func aWorkerWhoseSupervisorWasKilledIsStartedAnewByTheNextApply() async throws {
        defer { site.end() }
        #expect(try await apply(.one).code == 0)
        let before = try await Consistency.check(site, "before")
        for process in site.processes() where process.isSupervisor(of: "worker/second") { process.signal(9) }
        try await eventually("the worker is seen to be gone") {
            try await site.status(of: Scenario.name)["worker:second:trialspace"]?.status == "error"
        }
        let plan = try await site.sheaf("plan", site.bundle)
        #expect(plan.output.contains("its supervisor has ended"), "\(plan)")
        #expect(try await apply(.one).code == 0)
        let after = try await Consistency.check(site, "after")
        #expect(after.revision?.number == 2)
        #expect(after["worker:steady:trialspace"] == before["worker:steady:trialspace"])
    }

    @Test func deleteThroughALinkToTheHomeLeavesNoStrays() async throws {
        defer { site.end() }
        let forking = scenario.worker("forking", script: "sleep 2000 & sleep 3000")
        #expect(try await apply(.one, broken: forking).code == 0)
        for process in site.processes() where process.isSupervisor(of: "worker/forking") { process.signal(9) }
        let link = site.scratch.path("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: site.home)
        let deleted = try await site.sheaf("delete", Scenario.name, environment: ["SHEAF_HOME": "\(link)/."])
        #expect(deleted.code == 0, "\(deleted)")
        #expect(site.processes().isEmpty)
    }

    @Test func deleteEndsEverythingAndKeepsTheData() async throws {
        defer { site.end() }
        #expect(try await apply(.one).code == 0)
        #expect(try await site.sheaf("delete", Scenario.name).code == 0)
        #expect(site.processes().isEmpty)
        #expect(try site.incarnations() == [])
        let data = "\(site.home)/volumes/trialspace/data/out/done"
        #expect(FileManager.default.fileExists(atPath: data))
        #expect(try await apply(.one).code == 0)
        #expect(FileManager.default.fileExists(atPath: data))
        #expect(try await site.sheaf("delete", Scenario.name, "--delete-data").code == 0)
        #expect(!FileManager.default.fileExists(atPath: data))
    }

    @Test func ofTwoAppliesAtTheSameTimeOneIsRefusedWithTheOwnersName() async throws {
        defer { site.end() }
        let go = site.scratch.path("go")
        let slow = scenario.job("slow", script: "while [ ! -e \(go) ]; do sleep 0.05; done")
        try scenario.write(.one, to: site, broken: slow)
        async let first = site.sheaf("apply", site.bundle)
        try await eventually("the first apply is at work") {
            let report = try await site.statusIfKnown(of: Scenario.name)
            return report?.openTransaction == "performing"
        }
        let second = try await site.sheaf("apply", site.bundle)
        #expect(second.code == 75, "\(second)")
        #expect(second.errors.contains("is being changed by 'apply'"), "\(second.errors)")
        let reading = try await site.sheaf("status", Scenario.name)
        #expect(reading.code == 0)
        try Data().write(to: URL(filePath: go))
        #expect(try await first.code == 0)
        try await Consistency.check(site, "after")
    }

    @Test(arguments: ["INT", "TERM"])
    func aSignalUndoesWhatWasBegun(signal: String) async throws {
        defer { site.end() }
        let endless = scenario.job("endless", script: "sleep 1000")
        try scenario.write(.one, to: site, broken: endless)
        async let applying = site.run(
            "sh",
            ["-c", "'\(Site.built)/sheaf' apply '\(site.bundle)' & echo $! > pid; wait $!"]
        )
        try await eventually("the apply is at work") {
            let report = try await site.statusIfKnown(of: Scenario.name)
            return report?.openTransaction == "performing"
        }
        let pid = try String(contentsOf: URL(filePath: site.scratch.path("pid")), encoding: .utf8)
        try await site.run("kill", ["-\(signal)", pid.replacing("\n", with: "")])
        let result = try await applying
        #expect(result.code == (signal == "INT" ? 130 : 143), "\(result)")
        #expect(site.processes().isEmpty)
        #expect(try site.incarnations() == [])
    }
}
