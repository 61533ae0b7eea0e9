package import FoundationEssentials

/// The clock on the wall of a time zone: which moments show which time.
package struct WallClock: Sendable {
    /// Its name, such as `Europe/Berlin`.
    package let name: String
    private let zone: ZoneOffsets

    /// The most that a clock is ever ahead of UTC, or behind it, and some more; in seconds.
    private static let mostOffset = 26 * 3600

    /// Finds a zone of the IANA database; nil when there is no such zone.
    ///
    /// - Parameter name: nil is UTC.
    package init?(_ name: String?) {
        let name = name ?? "UTC"
        guard let zone = ZoneOffsets.named(name) else { return nil }
        (self.name, self.zone) = (name, zone)
    }

    /// How far the clock is ahead of UTC at a moment; seconds since 1970 and seconds.
    func offset(at moment: Int) -> Int { zone.offset(at: moment) }

    /// What the clock shows, to the minute.
    func time(at moment: Int) -> WallTime { WallTime(seconds: moment + offset(at: moment)) }

    /// The moments at which the clock begins to show a time: none where it is skipped, two where it comes again.
    ///
    /// - Returns: In their order, in seconds since 1970.
    func moments(of time: WallTime) -> [Int] {
        let offsets = [
            offset(at: time.seconds - Self.mostOffset), offset(at: time.seconds),
            offset(at: time.seconds + Self.mostOffset),
        ]
        let candidates = Set(offsets.map { time.seconds - $0 })
        return candidates.filter { $0 + offset(at: $0) == time.seconds }.sorted()
    }

    /// The moment at which the clock jumps over a time that it never shows.
    func jump(over time: WallTime) -> Int {
        // Until the jump the clock is behind the time, and from then on past it.
        firstMoment(from: time.seconds - Self.mostOffset, to: time.seconds + Self.mostOffset) { moment in
            moment + offset(at: moment) >= time.seconds
        }
    }

    /// The moment at which the clock is set back after it has first shown a time that it shows twice.
    ///
    /// - Parameters:
    ///   - first: When it shows it first.
    ///   - second: When it shows it again.
    /// - Returns: The first moment of the second passage, in seconds since 1970.
    func setBack(between first: Int, and second: Int) -> Int {
        let before = offset(at: first)
        return firstMoment(from: first, to: second) { offset(at: $0) != before }
    }

    /// Finds where something that stays true begins to be true; the end of the range at the latest.
    private func firstMoment(from start: Int, to end: Int, _ holds: (Int) -> Bool) -> Int {
        var (low, high) = (start, end)
        while low + 1 < high {
            let middle = low + (high - low) / 2
            if holds(middle) { high = middle } else { low = middle }
        }
        return high
    }

    /// A moment with the offset of the zone, such as `2026-03-29T03:00:00+02:00`.
    package func text(_ date: Date) -> String {
        let moment = Int(date.timeIntervalSince1970.rounded(.down))
        let offset = offset(at: moment)
        let shown = moment + offset
        let time = WallTime(seconds: shown)
        let minutes = abs(offset) / 60
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = time.day
        let year = String(repeating: "0", count: max(0, 4 - "\(day.year)".count)) + "\(day.year)"
        return "\(year)-\(two(day.month))-\(two(day.day))T\(two(time.hour)):\(two(time.minute)):"
            + "\(two(shown - time.seconds))"
            + (offset == 0 ? "Z" : "\(offset < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))")
    }
}
