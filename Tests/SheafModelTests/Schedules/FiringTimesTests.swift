import Foundation
import SheafModel
import Testing

@Suite struct FiringTimesTests {
    private func moment(_ text: String, _ zone: String = "UTC") throws -> Date {
        let clock = try #require(WallClock(zone))
        return try #require(Moment.parse(text, on: clock))
    }

    @Test(arguments: [
        ("2026-01-31T23:30:45Z", 1_769_902_245.0), ("2026-01-31t23:30:45.75z", 1_769_902_245),
        ("2026-02-01 00:30:45+01:00", 1_769_902_245), ("2026-01-31T18:00:45-05:30", 1_769_902_245),
        ("2026-02-01", 1_769_904_000),
    ])
    func momentsAreRead(_ text: String, _ seconds: Double) throws {
        #expect(try moment(text) == Date(timeIntervalSince1970: seconds))
    }

    @Test func aDayBeginsAtMidnightOfItsZone() throws {
        #expect(try moment("2026-02-01", "Europe/Berlin") == moment("2026-01-31T23:00:00Z"))
    }

    @Test(arguments: ["", "2026-02-30", "2026-13-01", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00", "tomorrow"])
    func whatIsNoMomentIsNone(_ text: String) throws {
        let clock = try #require(WallClock("UTC"))
        #expect(Moment.parse(text, on: clock) == nil)
    }

    @Test func nothingIsDueFromTheEndOn() throws {
        let times = try FiringTimes(
            Schedule(lines: [.init(.run, "0 6 * * *")], timezone: "Europe/Berlin", endOn: "2026-03-02T05:00:00Z")
        )
        // Six o'clock in Berlin is the end itself.
        let first = try moment("2026-03-01T05:00:00Z")
        #expect(times.next(after: first - 1) == .init(first, .run))
        #expect(times.next(after: first) == nil)
    }

    @Test func theEarliestLineCounts() throws {
        let times = try FiringTimes(
            Schedule(lines: [.init(.create, "0 6 * * *"), .init(.create, "0 9 * * *"), .init(.delete, "0 20 * * *")])
        )
        let start = try moment("2026-03-01T07:00:00Z")
        let due = times.due(after: start, until: start + 86_400, most: 10)
        #expect(due.map(\.action) == [.create, .delete, .create])
        #expect(try times.next(after: start, of: .delete)?.date == moment("2026-03-01T20:00:00Z"))
        #expect(times.due(after: start, until: start + 86_400, most: 2).count == 2)
    }

    @Test(arguments: [
        Schedule(lines: [.init(.run, "@daily")]), Schedule(lines: [.init(.run, "0 6 * * *")], timezone: "Mars/Olympus"),
        Schedule(lines: [.init(.run, "0 6 * * *")], endOn: "soon"),
    ])
    func whatCannotBeFollowedSaysWhy(_ schedule: Schedule) {
        #expect(throws: FiringTimes.Problem.self) { try FiringTimes(schedule) }
    }

    @Test func theStateOfAScheduledWorkflowIsItsNextRun() throws {
        let schedule = Schedule(lines: [.init(.run, "30 2 * * *")], timezone: "Europe/Berlin")
        let failed = ResourceState(status: "active", runtime: "failed", progress: .failed, evidence: "exit code 3")
        let now = try moment("2026-03-28T12:00:00Z")
        let state = failed.scheduled(by: schedule, at: now)
        #expect(state.runtime == "next:2026-03-29T03:00:00+02:00")
        #expect(state.progress == .ready && state.note == "last run failed: exit code 3")
        var ended = schedule
        ended.endOn = "2026-03-01T00:00:00Z"
        let last = failed.scheduled(by: ended, at: now)
        #expect(last.runtime == "failed" && last.note == "its schedule has ended; last run failed: exit code 3")
        let gone = ResourceState(status: "deleted", progress: .failed)
        #expect(gone.scheduled(by: schedule, at: now) == gone)
    }
}
