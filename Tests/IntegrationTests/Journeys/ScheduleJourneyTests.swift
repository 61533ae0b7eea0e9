import Foundation
import Glibc
import SheafSystem
import SheafTestSupport
import Testing

/// `sheaf schedule`, with the real programs; no test waits until something is due.
@Suite struct ScheduleJourneyTests {
    private let site: Site

    init() throws { site = try Site() }

    /// A bundle with one scheduled workflow that appends a line to a file.
    private func write(
        cron: String = "0 6 * * *",
        policy: String = "Forbid",
        endOn: String? = nil,
        seconds: Double = 0,
        schedule: String = ""
    ) throws {
        let end = endOn.map { ", endOn: '\($0)'" } ?? ""
        try site.write(
            "bundle.yaml",
            """
            name: nightly
            version: v1beta
            type: bundle
            bundle:
            \(schedule)
              workspaces:
                - name: night
              resources:
                - id: report
                  workspace: night
                  spec:
                    name: report
                    version: v1
                    type: workflow
                    workflow:
                      schedule: {cron: '\(cron)', timezone: Europe/Berlin, concurrencyPolicy: \(policy)\(end)}
                      dag:
                        - name: write
                          spec:
                            stack: container
                            stackSpec:
                              command: [sh]
                              arguments: [-c, 'echo run >> \(site.scratch.path("runs")); exec sleep \(seconds)']

            """
        )
    }

    private func apply() async throws {
        let applied = try await site.sheaf("apply", site.bundle)
        try #require(applied.code == 0, "\(applied)")
    }

    /// Does what is due as if it were another time.
    private func run(at time: String, environment: [String: String] = [:]) async throws -> Site.Result {
        try await site.sheaf("schedule", "run", "--once", "--at", time, environment: environment)
    }

    private func runs() -> Int {
        // No file: no run.
        (try? String(contentsOfFile: site.scratch.path("runs"), encoding: .utf8))?.split(separator: "\n").count ?? 0
    }

    private struct Listed: Decodable {
        struct Entry: Decodable {
            struct Last: Decodable {
                var due: String
                var state: String
            }
            var subject: String
            var action: String
            var last: Last?
            var next: String?
            var missed: Int
        }
        var runner: Int32?
        var schedules: [Entry]
    }

    private func list() async throws -> Listed {
        let listed = try await site.sheaf("schedule", "list", "--output", "json")
        return try JSONDecoder().decode(Listed.self, from: Data(listed.output.utf8))
    }

    private func isRunning() async throws -> Bool {
        try await site.status(of: "nightly")["workflow:report:night"]?.pids.isEmpty == false
    }

    // MARK: Runs

    @Test func aRunIsBegunWhenItIsDue() async throws {
        defer { site.end() }
        try write()
        try await apply()
        #expect(runs() == 0)
        let first = try #require(try await list().schedules.first)
        #expect(first.subject == "workflow:report:night" && first.last == nil)
        let next = try #require(first.next)
        #expect(next.contains("T06:00:00+0"))
        let status = try await site.status(of: "nightly")
        #expect(status["workflow:report:night"]?.runtime == "next:\(next)")

        let done = try await run(at: next)
        #expect(done.code == 0 && done.errors.contains("run due"), "\(done)")
        try await eventually("the run is there") { runs() == 1 }
        let again = try await run(at: next)
        #expect(again.code == 0)
        let entry = try #require(try await list().schedules.first)
        #expect(entry.last?.state == "fired" && entry.last?.due == next && entry.missed == 0)
        #expect(entry.next != next)
        #expect(runs() == 1)
        let history = try await site.sheaf("schedule", "history", "report")
        #expect(history.output.contains("fired"), "\(history)")
        let shown = try await site.sheaf("status", "nightly")
        #expect(shown.output.contains("last run succeeded"), "\(shown)")
        let known = try await site.sheaf("runs", "report", "--output", "json")
        let events = try await site.sheaf("events", "nightly", "--type", "firing", "--output", "json")
        let firing = try JSONDecoder().decode(FiringEvent.self, from: Data(events.output.utf8)).detail.firing
        #expect(firing.subject == "workflow:report:night" && firing.outcome == "fired")
        #expect(known.output.contains(try #require(firing.run)), "\(known)")
    }

    /// The event of a firing, as `sheaf events` shows it.
    private struct FiringEvent: Decodable {
        struct Detail: Decodable { var firing: Firing }
        struct Firing: Decodable {
            var subject: String
            var outcome: String
            var run: String?
        }
        var detail: Detail
    }

    @Test func aKillAtAnyMomentLeavesOneRun() async throws {
        defer { site.end() }
        try write()
        try await apply()
        var next = try #require(try await list().schedules.first?.next)
        let moments = try await Kill.moments(of: ["schedule", "run", "--once", "--at", next], on: site)
        try await eventually("the first run") { runs() == 1 }
        var killed = 0
        for moment in stride(from: 1, through: moments, by: max(1, moments / 6)) {
            let before = runs()
            next = try #require(try await list().schedules.first?.next)
            let result = try await run(at: next, environment: Kill.at(moment))
            if result.code == Kill.code { killed += 1 }
            let followed = try await run(at: next)
            #expect(followed.code == 0, "\(followed)")
            try await eventually("the run of moment \(moment) has ended") {
                let isOver = try await !isRunning()
                return isOver && runs() > before
            }
            #expect(runs() == before + 1, "killed at \(moment)")
            #expect(try await list().schedules.first?.last?.state == "fired")
        }
        #expect(killed > 0, "nothing was ever killed")
    }

    @Test func aRunThatMeetsAnotherIsSkipped() async throws {
        defer { site.end() }
        try write(seconds: 100_000)
        try await apply()
        for expected in ["fired", "skipped"] {
            let next = try #require(try await list().schedules.first?.next)
            let result = try await run(at: next)
            #expect(result.code == 0, "\(result)")
            #expect(try await list().schedules.first?.last?.state == expected)
        }
        #expect(runs() == 1)
        try await #expect(site.sheaf("delete", "nightly").code == 0)
        #expect(site.processes().isEmpty)
        #expect(try await list().schedules.isEmpty)
    }

    private struct Run: Decodable {
        var id: String
        var outcome: String
    }

    /// The runs that go on, the newest first.
    private func goingOn() async throws -> [String] {
        let listed = try await site.sheaf("runs", "report", "--output", "json")
        return try JSONDecoder().decode([Run].self, from: Data(listed.output.utf8))
            .filter { $0.outcome == "running" }.map(\.id)
    }

    @Test func aRunThatMeetsAnotherGoesOnBesideIt() async throws {
        defer { site.end() }
        try write(policy: "Allow", seconds: 100_000)
        try await apply()
        for expected in 1...2 {
            let result = try await run(at: try #require(try await list().schedules.first?.next))
            #expect(result.code == 0, "\(result)")
            #expect(try await list().schedules.first?.last?.state == "fired")
            #expect(try await goingOn().count == expected)
        }
        let both = try await goingOn()
        let status = try await site.sheaf("status", "nightly")
        #expect(status.output.contains("have succeeded; an earlier run goes on"), "\(status)")
        // By hand nothing overlaps, and one of the two is ended alone.
        let byHand = try await site.sheaf("run", "report")
        #expect(byHand.code == 1 && byHand.errors.contains("executor.run-goes-on"), "\(byHand)")
        let ended = try await site.sheaf("run", "report", "--cancel", "--run", both[0])
        #expect(
            ended.code == 0 && ended.output.contains("run \(both[0]) of workflow:report:night: stopped"),
            "\(ended)"
        )
        #expect(try await goingOn() == [both[1]])
        let again = try await site.sheaf("run", "report", "--cancel", "--run", both[0])
        #expect(again.code == 1 && again.errors.contains("has ended already"), "\(again)")
        _ = try await run(at: try #require(try await list().schedules.first?.next))
        #expect(try await goingOn().count == 2)
        try await #expect(site.sheaf("delete", "nightly").code == 0)
        #expect(site.processes().isEmpty)
    }

    @Test func aKillAtAnyMomentLeavesOneRunBesideTheOthers() async throws {
        defer { site.end() }
        try write(policy: "Allow", seconds: 100_000)
        try await apply()
        var next = try #require(try await list().schedules.first?.next)
        try await #expect(run(at: next).code == 0)
        next = try #require(try await list().schedules.first?.next)
        let moments = try await Kill.moments(of: ["schedule", "run", "--once", "--at", next], on: site)
        var expected = 2
        var killed = 0
        for moment in stride(from: 1, through: moments, by: max(1, moments / 12)) {
            next = try #require(try await list().schedules.first?.next)
            let result = try await run(at: next, environment: Kill.at(moment))
            if result.code == Kill.code { killed += 1 }
            let followed = try await run(at: next)
            #expect(followed.code == 0, "\(followed)")
            expected += 1
            try await eventually("the run of moment \(moment) has begun") { runs() >= expected }
            #expect(try await goingOn().count == expected, "killed at \(moment)")
            #expect(runs() == expected, "killed at \(moment)")
            #expect(try await list().schedules.first?.last?.state == "fired")
        }
        #expect(killed > 0, "nothing was ever killed")
        try await #expect(site.sheaf("delete", "nightly").code == 0)
        #expect(site.processes().isEmpty)
    }

    // MARK: The foreground

    @Test func oneProcessSeesWhatOthersChangeUntilItIsEnded() async throws {
        defer { site.end() }
        try write(seconds: 100_000)
        try await apply()
        async let follower = site.sheaf("schedule", "run")
        try await eventually("it follows the schedules") { try await list().runner != nil }
        let pid = try #require(try await list().runner)
        let second = try await site.sheaf("schedule", "run")
        #expect(second.code == 75 && second.errors.contains("schedule.held"), "\(second)")
        #expect(second.errors.contains("by process \(pid)"))

        // Another command starts a run, and another revision says that the schedule has ended: so that run ends.
        async let started = site.sheaf("run", "report")
        try await eventually("the run is in progress") { try await isRunning() }
        try write(endOn: "2020-01-01T00:00:00Z", seconds: 100_000)
        try await apply()
        try await eventually("the run is ended") { try await !isRunning() }
        let run = try await started
        #expect(run.code == 1 && run.errors.contains("stopped"), "\(run)")
        let status = try await site.sheaf("status", "nightly")
        #expect(status.output.contains("its schedule has ended"), "\(status)")

        kill(pid, SIGTERM)
        let followed = try await follower
        #expect(followed.code == 0 && followed.errors.contains("its schedule has ended"), "\(followed)")
        #expect(try await list().runner == nil)
    }

    // MARK: Bundles

    private let hours =
        "  schedule:\n    initialState: delete\n    timezone: Europe/Berlin\n"
        + "    create: [{cron: '0 6 * * *'}]\n    delete: [{cron: '0 20 * * *'}]"

    @Test func aBundleComesAndGoes() async throws {
        defer { site.end() }
        try write(schedule: hours)
        try await apply()
        #expect(try await site.status(of: "nightly").resources.isEmpty)
        for (action, count) in [("create", 1), ("delete", 0), ("create", 1)] {
            let entry = try await list().schedules.first { $0.action == action && $0.subject == "bundle:nightly" }
            let next = try #require(entry?.next)
            let result = try await run(at: next)
            #expect(result.code == 0, "\(result)")
            #expect(try await site.status(of: "nightly").resources.count == count, "\(action) at \(next)")
        }
        let history = try await site.sheaf("history", "nightly")
        #expect(history.output.contains("schedule: create due"), "\(history)")
        let proof = try await site.sheaf("history", "--verify")
        #expect(proof.code == 0, "\(proof)")
        try await #expect(site.sheaf("delete", "nightly").code == 0)
        #expect(try await list().schedules.isEmpty)
    }

    // MARK: The example

    @Test func theExampleRunsAtItsTimes() async throws {
        defer { site.end() }
        let example = "\(Site.repository)/bundles/scheduled"
        let applied = try await site.sheaf("apply", example)
        try #require(applied.code == 0, "\(applied)")
        // Within a day, both are due some time.
        let tomorrow = Date.now.addingTimeInterval(86_400).formatted(.iso8601)
        let late = try await site.sheaf("schedule", "run", "--once", "--at", tomorrow, "--late", "24h")
        #expect(late.code == 0, "\(late)")
        let report = "\(site.home)/volumes/nightly/measurements/load/report.txt"
        try await eventually("the report is written") { FileManager.default.fileExists(atPath: report) }
        #expect(try String(contentsOfFile: report, encoding: .utf8).contains("measurements: "))
        let next = try await site.sheaf(
            "schedule",
            "next",
            "30 2 * * *",
            "--timezone",
            "Europe/Berlin",
            "--after",
            "2026-03-28T12:00:00Z",
            "--count",
            "2"
        )
        #expect(next.output == "2026-03-29T03:00:00+02:00\n2026-03-30T02:30:00+02:00\n", "\(next)")
    }
}
