import FoundationEssentials
import Glibc
import SheafSystem
import SheafTestSupport
import Testing

/// What others do to what is live is told by `sheaf drift` and repaired by `sheaf apply`.
@Suite struct DriftJourneyTests {
    private let site: Site
    private let scenario: Scenario

    init() throws {
        site = try Site()
        scenario = try Scenario()
        try scenario.write(.one, to: site)
    }

    private struct Report: Decodable {
        struct Finding: Decodable, Hashable {
            var kind: String
            var resource: String?
            var message: String
            var repair: String
        }

        var revision: Int?
        var findings: [Finding]
    }

    private func drift() async throws -> Report {
        let result = try await site.sheaf("drift", Scenario.name, "-o", "json")
        try #require(result.code == 0, "\(result)")
        return try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
    }

    private func kinds(_ report: Report) -> Set<String> {
        Set(report.findings.map { "\($0.resource ?? "bundle") \($0.kind)" })
    }

    /// An apply repairs everything, and the one after it has nothing to do.
    private func repair() async throws {
        let applied = try await site.sheaf("apply", site.bundle)
        #expect(applied.code == 0, "\(applied)")
        try await Consistency.check(site, "repaired")
        #expect(try await drift().findings == [])
        let again = try await site.sheaf("apply", site.bundle)
        #expect(again.errors.contains("nothing to do"), "\(again)")
    }

    @Test func everythingThatOthersDidIsNamedAndRepaired() async throws {
        defer { site.end() }
        try await #expect(site.sheaf("apply", site.bundle).code == 0)
        let clean = try await site.sheaf("drift", Scenario.name, "--exit-code")
        #expect(clean.code == 0 && clean.output.contains("is as revision 1 made it"), "\(clean)")
        let workloads = "\(site.home)/workloads/trialspace"
        // A process is killed with its supervisor, a served page is changed, a secret opened, a volume removed.
        for process in site.processes() where process.isSupervisor(of: "worker/first") { process.signal(SIGKILL) }
        let page = "\(workloads)/service/web/1/config/index.html"
        try DurableFile.write(Array("owned\n".utf8), to: page, mode: 0o400)
        #expect(chmod("\(workloads)/worker/second/1/secret/launch", 0o644) == 0)
        try FileManager.default.removeItem(atPath: "\(site.home)/volumes/trialspace/data")
        try await eventually("all is seen") { try await drift().findings.count == 4 }
        let report = try await drift()
        #expect(
            kinds(report) == [
                "worker:first:trialspace supervisor-ended", "service:web:trialspace file-changed",
                "worker:second:trialspace mode-changed", "volume:data:trialspace volume-missing",
            ]
        )
        let text = try await site.sheaf("drift", Scenario.name, "--exit-code")
        #expect(text.code == 2)
        #expect(text.output.contains("config/index.html was changed under Sheaf"), "\(text)")
        #expect(text.output.contains("start it anew"), "\(text)")
        #expect(!text.output.contains("correct-horse"))
        let plan = try await site.sheaf("plan", site.bundle, "--exit-code")
        #expect(plan.code == 2)
        for finding in report.findings { #expect(plan.output.contains(finding.message), "\(plan)") }
        try await repair()
        let served = try await site.run("curl", ["-s", "http://127.0.0.1:\(scenario.port)/index.html"])
        #expect(served.output == "version 1\n")
    }

    @Test func aJobThatHasRunDoesNotRunAgainForItsFiles() async throws {
        defer { site.end() }
        try await #expect(site.sheaf("apply", site.bundle).code == 0)
        let done = "\(site.home)/volumes/trialspace/data/out/done"
        try FileManager.default.removeItem(atPath: done)
        #expect(unlink("\(site.home)/workloads/trialspace/workflow/once/1/definition") == 0)
        #expect(try await kinds(drift()) == ["workflow:once:trialspace file-missing"])
        try await repair()
        #expect(!FileManager.default.fileExists(atPath: done))
        #expect(try await site.status(of: Scenario.name)["workflow:once:trialspace"]?.runtime == "succeeded")
    }

    @Test func contentThatIsGoneIsKeptAgain() async throws {
        defer { site.end() }
        try await #expect(site.sheaf("apply", site.bundle).code == 0)
        let blobs = "\(site.home)/blobs/sha256"
        for name in try FileManager.default.contentsOfDirectory(atPath: blobs) {
            try FileManager.default.removeItem(atPath: "\(blobs)/\(name)")
        }
        let report = try await drift()
        #expect(Set(report.findings.map(\.kind)) == ["content-missing"])
        #expect(report.findings.count == 3, "archive, resolved bundle, page: \(report.findings)")
        try await repair()
        #expect(try await site.status(of: Scenario.name).revision?.number == 1)
    }

    @Test func aPortThatSomebodyElseHasTakenIsNamedAndRefused() async throws {
        defer { site.end() }
        try await #expect(site.sheaf("apply", site.bundle).code == 0)
        for process in site.processes() where process.isSupervisor(of: "service/web") { process.signal(SIGKILL) }
        try await eventually("the port is free") {
            try await site.run("curl", ["-s", "http://127.0.0.1:\(scenario.port)/"]).code == 7
        }
        let script = "busybox httpd -f -p 127.0.0.1:\(scenario.port) -h / >/dev/null 2>&1 & echo $!"
        let stranger = try await site.run("sh", ["-c", script])
        let pid = try #require(stranger.output.split(separator: "\n").first.flatMap { Int32($0) }, "\(stranger)")
        defer { kill(pid, SIGKILL) }
        try await eventually("the stranger listens") {
            try await site.run("curl", ["-s", "http://127.0.0.1:\(scenario.port)/"]).code != 7
        }
        let found = try await drift().findings
        let taken = try #require(found.first { $0.kind == "port-taken" }, "\(found)")
        #expect(taken.message.contains("process \(pid) (busybox) listens on its port \(scenario.port)"))
        #expect(taken.repair.contains("once the port is free"))
        let refused = try await site.sheaf("apply", site.bundle)
        #expect(refused.code == 1 && refused.errors.contains("executor.port-taken"), "\(refused)")
        kill(pid, SIGKILL)
        try await eventually("the stranger is gone") { ProcessIdentity(of: pid) == nil }
        try await repair()
    }

    @Test(.enabled(if: Engines.has(.podman), "podman and busybox are installed"))
    func aContainerThatWasRemovedByHandIsMadeAnew() async throws {
        defer { site.end() }
        let image = try await site.run("bash", ["\(Site.repository)/bundles/container/make-image.sh"])
        try #require(image.code == 0, "\(image)")
        let boxed = scenario.item(
            "boxed",
            type: "worker",
            version: "v1beta",
            section: """
                stack: container
                compute: runnable-default
                stackSpec:
                  image: localhost/sheaf-busybox:1
                  command: [sleep]
                  arguments: ["100000"]
                """
        )
        try scenario.write(.one, to: site, broken: boxed)
        let applied = try await site.sheaf("apply", site.bundle)
        try #require(applied.code == 0, "\(applied)")
        let filter = ["ps", "-q", "--filter", "label=sheaf.home=\(site.home)"]
        for process in site.processes() where process.isSupervisor(of: "worker/boxed") { process.signal(SIGKILL) }
        let names = try await site.run("podman", filter).output.split(separator: "\n").map(String.init)
        try #require(names.count == 1)
        try await #expect(site.run("podman", ["rm", "-f", "-t", "0"] + names).code == 0)
        try await eventually("it is seen") {
            try await kinds(drift()) == ["worker:boxed:trialspace supervisor-ended"]
        }
        try await repair()
        #expect(try await site.run("podman", filter).output.split(separator: "\n").count == 1)
        try await #expect(site.sheaf("delete", Scenario.name).code == 0)
    }
}
