import FoundationEssentials
import SheafSystem
import SheafTestSupport
import Testing

/// Runs of workflows through the real programs: the example, failures, crashes.
@Suite struct RunJourneyTests {
    private struct Run: Decodable {
        struct Job: Decodable {
            var name: String
            var state: String
            var attempts: Int
        }

        var id: String
        var outcome: String
        var cause: String
        var evidence: String?
        var jobs: [Job]
    }

    private func runs(_ site: Site, _ workflow: String = "nightly") async throws -> [Run] {
        let result = try await site.sheaf("runs", workflow, "-o", "json")
        try #require(result.code == 0, "\(result)")
        return try JSONDecoder().decode([Run].self, from: Data(result.output.utf8))
    }

    /// A bundle with one workflow of shell scripts; what else a job has is written as lines.
    private func write(_ jobs: [(name: String, script: String, more: [String])], to site: Site) throws {
        let dag = jobs.map { job in
            """
                      - name: \(job.name)
                        spec: {stack: container, stackSpec: {command: [sh, \(site.bundle)/\(job.name).sh]}}
                        \(job.more.joined(separator: "\n            "))
            """
        }
        for job in jobs { try site.write("\(job.name).sh", job.script) }
        try site.write(
            "bundle.yaml",
            """
            name: trial
            version: v1beta
            type: bundle
            bundle:
              resources:
                - id: nightly
                  workspace: public
                  spec:
                    name: nightly
                    version: v1
                    type: workflow
                    workflow:
                      dag:
            \(dag.joined(separator: "\n"))

            """
        )
    }

    @Test func theExampleRunsWithARetryAndANestedWorkflow() async throws {
        let site = try Site()
        defer { site.end() }
        let example = "\(Site.repository)/bundles/workflow-retry"
        let applied = try await site.sheaf("apply", example)
        #expect(applied.code == 0, "\(applied)")
        let again = try await site.sheaf("run", "nightly")
        #expect(again.code == 0, "\(again)")
        #expect(again.output.contains("publish | the sum is 42"), "\(again.output)")
        let runs = try await runs(site)
        #expect(runs.map(\.outcome) == ["succeeded", "succeeded"])
        #expect(runs.map(\.cause) == ["request", "apply"])
        for run in runs {
            #expect(run.jobs.map(\.name) == ["fetch", "greet", "load-add", "load-check", "publish"])
            #expect(run.jobs.map(\.attempts) == [2, 1, 1, 1, 1])
            let told = try await site.sheaf("logs", "nightly", "--run", run.id, "--job", "greet")
            #expect(told.output == "Good night from run \(run.id)\n", "\(told)")
        }
        let fetched = try await site.sheaf("logs", "nightly", "--job", "fetch")
        #expect(fetched.output == "the numbers cannot be reached\n3 numbers\n")
        let scratch = "\(site.home)/workloads/flows/workflow/nightly/1/temp/volume-work"
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == [], "it is collected")
        let swept = try await site.sheaf("gc", "--keep-runs", "0", "-o", "json")
        #expect(swept.code == 0 && swept.output.contains("runs/flows/nightly/\(runs[1].id)"), "\(swept)")
        #expect(try await self.runs(site).map(\.id) == [runs[0].id])
        let mistaken = try await site.sheaf("run", "nightli")
        #expect(mistaken.code == 1 && mistaken.errors.contains("did you mean 'nightly'?"), "\(mistaken)")
        #expect(try await site.sheaf("delete", "workflow-retry").code == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(site.home)/runs") == [])
        #expect(site.processes().isEmpty)
    }

    @Test func aJobThatExits3TakesTheReleaseBackAndHasTheLastWord() async throws {
        let site = try Site()
        defer { site.end() }
        try write([("load", "echo the first release", [])], to: site)
        #expect(try await site.sheaf("apply", site.bundle).code == 0)
        let script = "echo \"table orders has no column price\" >&2; exit 3"
        try write([("load", script, ["retry: {count: 1}"]), ("after", "true", ["dependencies: [load]"])], to: site)
        let failed = try await site.sheaf("apply", site.bundle)
        #expect(failed.code == 3, "\(failed)")
        #expect(
            failed.errors.contains(
                "job 'load' failed after 2 attempts: exit code 3; last log lines: table orders has no column price"
            ),
            "\(failed.errors)"
        )
        let status = try await site.status(of: "trial")
        #expect(status.resources.map(\.runtime) == ["succeeded"])
        #expect(status.resources.map(\.generation) == [1], "what was live before is live again")
        #expect(try await runs(site).map(\.outcome) == ["succeeded"])
        let kept = try await site.sheaf("logs", "nightly", "--failed")
        #expect(kept.output.contains("table orders has no column price"), "\(kept)")
    }

    @Test func aRunThatFailsOnRequestEndsTheCommandWithItsOwnWords() async throws {
        let site = try Site()
        defer { site.end() }
        let marker = site.scratch.path("fail")
        try write([("load", "test ! -e \(marker) || { echo out of luck; exit 5; }", [])], to: site)
        #expect(try await site.sheaf("apply", site.bundle).code == 0)
        try Data().write(to: URL(filePath: marker))
        let failed = try await site.sheaf("run", "nightly", "-o", "json")
        #expect(failed.code == 1, "\(failed)")
        #expect(failed.errors.contains("exit code 5; last log lines: out of luck"), "\(failed.errors)")
        #expect(try JSONDecoder().decode(Run.self, from: Data(failed.output.utf8)).outcome == "failed")
        let table = try await site.sheaf("runs")
        #expect(table.output.contains("out of luck"), "\(table.output)")
    }

    @Test func aRunOutlivesTheCommandAndIsResumedAfterItsSupervisorWasKilled() async throws {
        let site = try Site()
        defer { site.end() }
        let hold = site.scratch.path("hold")
        try write(
            [
                ("first", "true", []),
                (
                    "long", "echo begun; while test -e \(hold); do sleep 0.05; done",
                    ["dependencies: [first]", "retry: {count: 1}"]
                ),
                ("last", "true", ["dependencies: [long]"]),
            ],
            to: site
        )
        let applied = try await site.sheaf("apply", site.bundle)
        #expect(applied.code == 0, "\(applied)")
        try Data().write(to: URL(filePath: hold))
        let begun = try await site.sheaf("run", "nightly", "--no-wait", "-o", "json")
        #expect(begun.code == 0, "\(begun)")
        let id = try JSONDecoder().decode(Run.self, from: Data(begun.output.utf8)).id
        try await eventually("the long job has begun") {
            try await site.sheaf("logs", "nightly", "--run", id, "--job", "long").output == "begun\n"
        }
        let refused = try await site.sheaf("run", "nightly")
        #expect(refused.code == 1 && refused.errors.contains("--cancel"), "\(refused)")
        let supervisor = try #require(site.processes().first { $0.isSupervisor(of: "/nightly/") })
        supervisor.signal(9)
        #expect(supervisor.waitForEnd(atMost: .seconds(60)))
        #expect(try await runs(site).first?.outcome == "interrupted")
        let status = try await site.sheaf("status", "trial")
        #expect(status.output.contains("sheaf recover"), "\(status.output)")
        let recovered = try await site.sheaf("recover")
        #expect(recovered.output.contains("run \(id) of workflow:nightly:public goes on"), "\(recovered)")
        try FileManager.default.removeItem(atPath: hold)
        try await eventually("the run has ended") { try await runs(site).first?.outcome == "succeeded" }
        let run = try #require(try await runs(site).first)
        #expect(run.id == id)
        #expect(run.jobs.map(\.attempts) == [1, 2, 1])
        let told = try await site.sheaf("logs", "nightly", "--job", "long")
        #expect(told.output == "begun\nbegun\n", "both attempts have told: \(told)")
        #expect(try await site.sheaf("recover").output == "nothing to recover\n")
    }

    @Test func aRunIsEndedOnRequest() async throws {
        let site = try Site()
        defer { site.end() }
        let hold = site.scratch.path("hold")
        try write([("long", "while test -e \(hold); do sleep 0.05; done", [])], to: site)
        #expect(try await site.sheaf("apply", site.bundle).code == 0)
        try Data().write(to: URL(filePath: hold))
        #expect(try await site.sheaf("run", "nightly", "--no-wait").code == 0)
        let ended = try await site.sheaf("run", "nightly", "--cancel", "-o", "json")
        #expect(ended.code == 0, "\(ended)")
        #expect(try JSONDecoder().decode(Run.self, from: Data(ended.output.utf8)).outcome == "stopped")
        #expect(site.processes().isEmpty)
        let none = try await site.sheaf("run", "nightly", "--cancel")
        #expect(none.code == 1, "\(none)")
    }
}
