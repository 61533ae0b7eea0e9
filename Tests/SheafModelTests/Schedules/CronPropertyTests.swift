import Foundation
import SheafModel
import SheafTestSupport
import Testing

/// Lines at random against a walk through every minute, around moments at which clocks are changed.
@Suite struct CronPropertyTests {
    struct Place: Sendable, CustomTestStringConvertible {
        var zone: String
        /// In the middle of what is walked through.
        var around: String
        var testDescription: String { "\(zone) around \(around)" }
    }

    static let places = [
        Place(zone: "Europe/Berlin", around: "2026-03-29T01:00:00Z"),
        Place(zone: "Europe/Berlin", around: "2026-10-25T01:00:00Z"),
        Place(zone: "America/New_York", around: "2026-03-08T07:00:00Z"),
        Place(zone: "America/New_York", around: "2026-11-01T06:00:00Z"),
        Place(zone: "Australia/Lord_Howe", around: "2026-04-04T15:00:00Z"),
        Place(zone: "Australia/Lord_Howe", around: "2026-10-03T15:30:00Z"),
        Place(zone: "Pacific/Apia", around: "2011-12-30T10:00:00Z"),
        Place(zone: "UTC", around: "2028-02-29T00:00:00Z"),
        Place(zone: "Asia/Kathmandu", around: "2026-12-31T18:15:00Z"),
    ]

    private static let days: Double = 2

    @Test(arguments: places)
    func nextIsWhatTheWalkFinds(_ place: Place) throws {
        let clock = try #require(WallClock(place.zone))
        let middle = try #require(Moment.parse(place.around, on: clock))
        let (start, end) = (middle - Self.days * 86_400, middle + Self.days * 86_400)
        var random = SeededRandom(seed: 26)
        for _ in 0..<25 {
            let line = Self.line(&random)
            let cron = try CronLine(line)
            var found: [Date] = []
            var last = start
            while let next = cron.next(after: last, on: clock), next <= end {
                #expect(next > last)
                found.append(next)
                last = next
            }
            let walked = try CronWalk(line, zone: place.zone).firings(after: start, until: end)
            #expect(found == walked, "\(line)")
            // From anywhere between two firings the later one is next.
            for firing in walked.prefix(20) {
                let before = firing - Double(Int.random(in: 1...59, using: &random))
                let next = cron.next(after: before, on: clock)
                #expect(next.map { $0 <= firing } == true, "\(line)")
            }
        }
    }

    /// Lines that fire often, for which a star in the hour is as likely as not.
    private static func line(_ random: inout SeededRandom) -> String {
        let minute = field(0...59, &random), hour = field(0...23, &random)
        let isDaily = Bool.random(using: &random)
        let day = isDaily ? "*" : field(1...31, &random), weekday = isDaily ? "*" : field(0...7, &random)
        return "\(minute) \(hour) \(day) * \(weekday)"
    }

    private static func field(_ range: ClosedRange<Int>, _ random: inout SeededRandom) -> String {
        let one = Int.random(in: range, using: &random), other = Int.random(in: range, using: &random)
        let step = Int.random(in: 1...7, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: return "*"
        case 1: return "*/\(step)"
        case 2: return "\(min(one, other))-\(max(one, other))"
        case 3: return "\(min(one, other))-\(max(one, other))/\(step)"
        case 4: return "\(one)/\(step)"
        case 5: return "\(one),\(other)"
        default: return "\(one)"
        }
    }
}
