import Foundation
import SheafModel
import Testing

@Suite struct CronLineTests {
    @Test(arguments: [
        "* * * * *", "5/10 * * * *", "*/2 * * * *", "0 6 * * 1-5", "0 6 * * mon-fri", "0 0 1,15 jan,JUL *", "0 0 * * 7",
        "59 23 31 12 6", "5 0 24 1 *", "10-20/5,40 * * * *", "  0\t0  * * *  ",
    ])
    func ordinaryLinesAreRead(_ line: String) throws {
        #expect(try CronLine(line).doubts == [])
    }

    @Test(arguments: [
        "* /2 * * * *", "*/2 - - - *", "", "* * * *", "* * * * * *", "@daily", "60 * * * *", "* 24 * * *", "* * 0 * *",
        "* * 32 * *", "* * * 0 *", "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *", "*/ * * * *",
        "*/-5 * * * *",
        "1,,2 * * * *", "a * * * *", "* * * foo *", "+5 * * * *", "1-2-3 * * * *", "1/2/3 * * * *",
    ])
    func whatIsNoCronLineIsRefused(_ line: String) {
        #expect(throws: CronLine.Problem.self) { try CronLine(line) }
    }

    @Test(arguments: ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 30-31 feb *", "0 0 31 2 */2"])
    func aDayThatNeverComesIsDoubted(_ line: String) throws {
        let cron = try CronLine(line)
        #expect(cron.neverFires)
        #expect(cron.doubts.contains { $0.contains("never fires") })
        let clock = try #require(WallClock("Europe/Berlin"))
        #expect(cron.next(after: Date(timeIntervalSince1970: 0), on: clock) == nil)
    }

    @Test(arguments: ["0 0 29 2 *", "0 0 30 2 1", "0 0 31 1,2 *"])
    func aRareDayIsNoDayThatNeverComes(_ line: String) throws {
        #expect(try !CronLine(line).neverFires)
    }

    @Test func aStepLargerThanItsRangeIsDoubted() throws {
        let doubts = try CronLine("*/90 * * * *").doubts
        #expect(doubts.count == 1 && doubts.first?.contains("only its first value fires") == true)
    }

    // MARK: Firings

    /// The first firings after a moment, as the clock of the zone shows them.
    private func next(_ line: String, _ zone: String, after text: String, _ count: Int) throws -> [String] {
        let clock = try #require(WallClock(zone))
        let cron = try CronLine(line)
        var moment = try #require(Moment.parse(text, on: clock))
        return try (0..<count).map { _ in
            moment = try #require(cron.next(after: moment, on: clock))
            return clock.text(moment)
        }
    }

    @Test func theMomentItselfDoesNotCount() throws {
        #expect(
            try next("0 6 * * *", "UTC", after: "2026-01-31T06:00:00Z", 2)
                == ["2026-02-01T06:00:00Z", "2026-02-02T06:00:00Z"]
        )
        #expect(try next("* * * * *", "UTC", after: "2026-01-01T00:00:59Z", 1) == ["2026-01-01T00:01:00Z"])
    }

    @Test func eitherOfTwoRestrictedDaysSuffices() throws {
        #expect(
            try next("0 0 13 * 5", "UTC", after: "2026-03-01T00:00:00Z", 4) == [
                "2026-03-06T00:00:00Z", "2026-03-13T00:00:00Z", "2026-03-20T00:00:00Z", "2026-03-27T00:00:00Z",
            ]
        )
        // A day that begins with a star restricts the other.
        #expect(try next("0 0 */2 * 5", "UTC", after: "2026-03-01T00:00:00Z", 1) == ["2026-03-13T00:00:00Z"])
    }

    @Test func aRareDayIsFoundAtOnce() throws {
        #expect(try next("0 0 29 2 *", "UTC", after: "2096-03-01T00:00:00Z", 1) == ["2104-02-29T00:00:00Z"])
        #expect(try next("0 0 29 2 */7", "UTC", after: "2096-03-01T00:00:00Z", 1) == ["2128-02-29T00:00:00Z"])
        let clock = try #require(WallClock("America/New_York"))
        let cron = try CronLine("0 0 29 2 */7")
        let start = ContinuousClock.now
        for day in 0..<100 {
            let after = Date(timeIntervalSince1970: Double(day) * 86_400 * 40)
            #expect(cron.next(after: after, on: clock) != nil)
        }
        // Some microseconds each, with a margin for a busy machine and a build without optimisation.
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func aSkippedTimeFiresAtTheJump() throws {
        #expect(
            try next("30 2 * * *", "Europe/Berlin", after: "2026-03-28T12:00:00Z", 2)
                == ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]
        )
        // Several of them, and one at the jump itself, are one firing.
        #expect(
            try next("0,30 2,3 * * *", "Europe/Berlin", after: "2026-03-28T12:00:00Z", 3)
                == ["2026-03-29T03:00:00+02:00", "2026-03-29T03:30:00+02:00", "2026-03-30T02:00:00+02:00"]
        )
        #expect(
            try next("30 2 * * *", "America/New_York", after: "2026-03-08T00:00:00Z", 1)
                == ["2026-03-08T03:00:00-04:00"]
        )
        #expect(
            try next("15 2 * * *", "Australia/Lord_Howe", after: "2026-10-03T00:00:00Z", 1)
                == ["2026-10-04T02:30:00+11:00"]
        )
    }

    @Test func aSkippedDayFiresAtItsEnd() throws {
        #expect(
            try next("0 12 * * *", "Pacific/Apia", after: "2011-12-29T12:00:00Z", 3)
                == ["2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T12:00:00+14:00"]
        )
        #expect(
            try next("0 * 30 12 *", "Pacific/Apia", after: "2011-12-01T00:00:00Z", 1) == ["2012-12-30T00:00:00+14:00"]
        )
    }

    @Test func aTimeThatComesAgainFiresOnce() throws {
        #expect(
            try next("30 2 * * *", "Europe/Berlin", after: "2026-10-24T12:00:00Z", 2)
                == ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]
        )
        #expect(
            try next("45 1 * * *", "Australia/Lord_Howe", after: "2026-04-04T00:00:00Z", 2)
                == ["2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30"]
        )
    }

    @Test func everyHourFollowsTheClock() throws {
        #expect(
            try next("0 * * * *", "Europe/Berlin", after: "2026-10-24T23:30:00Z", 4) == [
                "2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00",
                "2026-10-25T04:00:00+01:00",
            ]
        )
        #expect(
            try next("*/20 * * * *", "Europe/Berlin", after: "2026-03-29T00:30:00Z", 3) == [
                "2026-03-29T01:40:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-29T03:20:00+02:00",
            ]
        )
        #expect(
            try next("10 */2 * * *", "Europe/Berlin", after: "2026-03-29T00:00:00Z", 1)
                == ["2026-03-29T04:10:00+02:00"]
        )
    }
}
