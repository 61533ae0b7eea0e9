import Foundation
import SheafModel
import Testing

/// The zones of the host against those of Foundation, which come from another reader of another copy.
@Suite struct WallClockTests {
    @Test(arguments: [
        "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "America/Santiago", "Asia/Kathmandu",
        "Asia/Tokyo", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham", "Africa/Cairo", "Etc/GMT+5", "UTC",
    ])
    func clocksShowWhatFoundationSays(_ name: String) throws {
        let clock = try #require(WallClock(name))
        let zone = try #require(TimeZone(identifier: name))
        let style = Date.ISO8601FormatStyle(timeZone: zone).year().month().day()
            .timeZone(separator: .colon).time(includingFractionalSeconds: false)
        // Every week and some hours from 1975 to 2060: by the table, and by the rule behind it.
        for week in 0..<4400 {
            let moment = Date(timeIntervalSince1970: 157_766_400 + Double(week) * 607_321)
            #expect(clock.text(moment) == moment.formatted(style), "\(name) at \(moment.timeIntervalSince1970)")
        }
    }

    @Test(arguments: ["", "Europe/Atlantis", "../../../etc/passwd", "/etc/localtime", "tzdata.zi", "Europe"])
    func whatIsNoZoneHasNoClock(_ name: String) {
        #expect(WallClock(name) == nil)
    }
}
