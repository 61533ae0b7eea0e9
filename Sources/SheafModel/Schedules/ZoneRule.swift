/// When clocks are changed every year from now on, as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Hashable, Sendable {
    /// A day of each year, and a time of it in seconds, which may be on another day.
    private struct Change: Hashable {
        enum Day: Hashable {
            /// The n-th weekday of a month; the fifth is the last.
            case weekday(month: Int, week: Int, weekday: Int)
            /// From 1, without counting 29 February.
            case withoutLeapDay(Int)
            /// From 0.
            case ofYear(Int)
        }

        var day: Day
        var time: Int

        /// In seconds since 1970, by a clock that is not changed.
        func seconds(in year: Int) -> Int {
            let start = WallTime.Day(year, 1, 1).number
            let number: Int
            switch day {
            case .ofYear(let day): number = start + day
            case .withoutLeapDay(let day):
                let isLeap = WallTime.length(ofMonth: 2, in: year) == 29
                number = start + day - (isLeap && day > 59 ? 0 : 1)
            case .weekday(let month, let week, let weekday):
                let first = WallTime.Day(year, month, 1)
                let day = WallTime.floorRemainder(weekday - first.weekday, 7) + (week - 1) * 7
                number = first.number + (day < WallTime.length(ofMonth: month, in: year) ? day : day - 7)
            }
            return number * 86_400 + time
        }
    }

    private struct Summer: Hashable {
        var offset: Int
        var start: Change
        var end: Change
    }

    private let standard: Int
    private let summer: Summer?

    /// At a moment, in seconds since 1970.
    func offset(at moment: Int) -> Int {
        guard let summer else { return standard }
        let year = WallTime(seconds: moment + standard).day.year
        // Each change is told by the clock of before.
        let start = summer.start.seconds(in: year) - standard
        let end = summer.end.seconds(in: year) - summer.offset
        let isSummer = start < end ? start <= moment && moment < end : moment < end || start <= moment
        return isSummer ? summer.offset : standard
    }

    // MARK: Reading

    /// Reads a rule; nil for what is none.
    init?(_ text: String) {
        var rest = text[...]
        guard Self.dropName(&rest), let behind = Self.time(&rest) else { return nil }
        // POSIX counts to the west.
        standard = -behind
        guard !rest.isEmpty else {
            summer = nil
            return
        }
        guard Self.dropName(&rest) else { return nil }
        let offset = rest.hasPrefix(",") ? standard + 3600 : Self.time(&rest).map { -$0 }
        guard let offset, let start = Self.change(&rest), let end = Self.change(&rest), rest.isEmpty else { return nil }
        summer = Summer(offset: offset, start: start, end: end)
    }

    private static func dropName(_ rest: inout Substring) -> Bool {
        let before = rest
        if rest.hasPrefix("<") {
            rest = rest.drop { $0 != ">" }.dropFirst()
        } else {
            rest = rest.drop { $0.isLetter }
        }
        return rest.count < before.count
    }

    private static func number(_ rest: inout Substring) -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        return Int(digits)
    }

    /// Such as `-5:30`, in seconds.
    private static func time(_ rest: inout Substring) -> Int? {
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest = rest.dropFirst() }
        guard var seconds = number(&rest).map({ $0 * 3600 }) else { return nil }
        for unit in [60, 1] where rest.hasPrefix(":") {
            rest = rest.dropFirst()
            guard let part = number(&rest) else { return nil }
            seconds += part * unit
        }
        return isNegative ? -seconds : seconds
    }

    private static func change(_ rest: inout Substring) -> Change? {
        guard rest.hasPrefix(",") else { return nil }
        rest = rest.dropFirst()
        guard let day = day(&rest) else { return nil }
        guard rest.hasPrefix("/") else { return Change(day: day, time: 2 * 3600) }
        rest = rest.dropFirst()
        return time(&rest).map { Change(day: day, time: $0) }
    }

    private static func day(_ rest: inout Substring) -> Change.Day? {
        guard rest.hasPrefix("M") else {
            let isWithoutLeapDay = rest.hasPrefix("J")
            if isWithoutLeapDay { rest = rest.dropFirst() }
            return number(&rest).map { isWithoutLeapDay ? .withoutLeapDay($0) : .ofYear($0) }
        }
        var parts: [Int] = []
        for _ in 0..<3 {
            rest = rest.dropFirst()
            guard let part = number(&rest) else { return nil }
            parts.append(part)
        }
        guard (1...12).contains(parts[0]), (1...5).contains(parts[1]), (0...6).contains(parts[2]) else { return nil }
        return .weekday(month: parts[0], week: parts[1], weekday: parts[2])
    }
}
