package import FoundationEssentials

/// When a line fires, also on days on which the clock is changed (`docs/schedules.md`).
///
/// A line whose hour begins with `*` follows the clock: it fires at every moment at which the clock shows a time of the
/// line, so not at a time that is skipped, and twice at one that comes again. Any other line means times of the day, each
/// of which is due once a day: a skipped one at the moment of the jump, one that comes again at its first coming.
extension CronLine {
    /// The first firing after a moment.
    ///
    /// - Parameters:
    ///   - date: Does not count itself.
    ///   - clock: In whose time zone the line is read.
    /// - Returns: A whole minute of the clock, or the moment of a jump; nil when the line never fires.
    package func next(after date: Date, on clock: WallClock) -> Date? {
        let moment = Int(date.timeIntervalSince1970.rounded(.down))
        let next = hour.isStar ? nextShown(after: moment, on: clock) : nextOfDay(after: moment, on: clock)
        return next.map { Date(timeIntervalSince1970: Double($0)) }
    }

    // MARK: Times of the day

    /// The moments of these are in the order of their times, so the first that is late enough is the next.
    private func nextOfDay(after moment: Int, on clock: WallClock) -> Int? {
        var time = nextTime(after: clock.time(at: moment))
        while let due = time {
            let due = clock.moments(of: due).first ?? clock.jump(over: due)
            if due > moment { return due }
            time = time.flatMap(nextTime(after:))
        }
        return nil
    }

    // MARK: What the clock shows

    private func nextShown(after moment: Int, on clock: WallClock) -> Int? {
        let now = clock.time(at: moment)
        let ahead = firstShown(from: nextTime(after: now), after: moment, on: clock)
        // Only while the clock shows what it will show again can an earlier time still come.
        let showings = clock.moments(of: now)
        guard showings.count == 2, moment < showings[1] else { return ahead }
        let second = clock.setBack(between: showings[0], and: showings[1])
        guard moment < second, ahead.map({ $0 >= second }) ?? true else { return ahead }
        return firstShown(from: nextTime(from: clock.time(at: second)), after: second - 1, on: clock)
    }

    private func firstShown(from start: WallTime?, after moment: Int, on clock: WallClock) -> Int? {
        var time = start
        while let candidate = time {
            if let found = clock.moments(of: candidate).first(where: { $0 > moment }) { return found }
            time = nextTime(after: candidate)
        }
        return nil
    }

    // MARK: The calendar

    private func nextTime(after time: WallTime) -> WallTime? { nextTime(from: WallTime(seconds: time.seconds + 60)) }

    /// The first time of the line that is no earlier.
    private func nextTime(from time: WallTime) -> WallTime? {
        guard !neverFires, let firstHour = hour.values.first(from: 0), let firstMinute = minute.values.first(from: 0)
        else { return nil }
        let today = time.day
        if matches(today) {
            if hour.values.contains(time.hour), let minute = minute.values.first(from: time.minute) {
                return WallTime(today, hour: time.hour, minute: minute)
            }
            if let hour = hour.values.first(from: time.hour + 1) {
                return WallTime(today, hour: hour, minute: firstMinute)
            }
        }
        return nextDay(after: today).map { WallTime($0, hour: firstHour, minute: firstMinute) }
    }

    /// Always found: the calendar repeats after 400 years, and then every day of it has come.
    private func nextDay(after day: WallTime.Day) -> WallTime.Day? {
        var (year, month, first) = (day.year, day.month, day.day + 1)
        while year <= day.year + 400 {
            if self.month.values.contains(month) {
                let length = WallTime.length(ofMonth: month, in: year)
                for candidate in stride(from: first, through: length, by: 1) {
                    let found = WallTime.Day(year, month, candidate)
                    if matchesDay(found) { return found }
                }
            }
            (year, month, first) = month == 12 ? (year + 1, 1, 1) : (year, month + 1, 1)
        }
        return nil
    }

    private func matches(_ day: WallTime.Day) -> Bool { month.values.contains(day.month) && matchesDay(day) }

    private func matchesDay(_ day: WallTime.Day) -> Bool {
        let isDay = self.day.values.contains(day.day)
        if takesEitherDay { return isDay || weekday.values.contains(day.weekday) }
        return isDay && weekday.values.contains(day.weekday)
    }
}
