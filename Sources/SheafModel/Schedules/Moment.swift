package import FoundationEssentials

/// Moments as manifests write them: by RFC 3339, or a day.
package enum Moment {
    /// Reads a moment such as `2030-01-31T23:30:45Z`; a day alone is its midnight.
    ///
    /// - Parameters:
    ///   - text: As the manifest has it; a blank may stand for the `T`.
    ///   - clock: On which a day alone begins.
    /// - Returns: nil when it is no moment.
    package static func parse(_ text: String, on clock: WallClock) -> Date? {
        let parts = text.split(maxSplits: 1, whereSeparator: { $0 == "T" || $0 == "t" || $0 == " " })
        let fields = parts.first?.split(separator: "-").compactMap { Int($0) } ?? []
        guard fields.count == 3, (1...12).contains(fields[1]) else { return nil }
        guard (1...WallTime.length(ofMonth: fields[1], in: fields[0])).contains(fields[2]) else { return nil }
        let day = WallTime(WallTime.Day(fields[0], fields[1], fields[2]), hour: 0, minute: 0)
        guard parts.count == 2 else {
            return date(clock.moments(of: day).first ?? clock.jump(over: day))
        }
        return seconds(ofDay: parts[1]).map { date(day.seconds + $0) }
    }

    /// The seconds from a UTC midnight of `23:30:45.5+02:00`; parts of a second do not count.
    private static func seconds(ofDay text: Substring) -> Int? {
        let clock = text.prefix { $0.isNumber || $0 == ":" }
        let zone = text.dropFirst(clock.count).drop { $0 == "." || $0.isNumber }
        let fields = clock.split(separator: ":").compactMap { Int($0) }
        guard fields.count == 3, fields[0] < 24, fields[1] < 60, fields[2] <= 60 else { return nil }
        guard let offset = offset(zone) else { return nil }
        return fields[0] * 3600 + fields[1] * 60 + fields[2] - offset
    }

    private static func offset(_ text: Substring) -> Int? {
        if text == "Z" || text == "z" { return 0 }
        let fields = text.dropFirst().split(separator: ":").compactMap { Int($0) }
        guard text.hasPrefix("+") || text.hasPrefix("-"), fields.count == 2 else { return nil }
        return (fields[0] * 3600 + fields[1] * 60) * (text.hasPrefix("-") ? -1 : 1)
    }

    private static func date(_ seconds: Int) -> Date { Date(timeIntervalSince1970: Double(seconds)) }
}
