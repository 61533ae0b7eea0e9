/// A day and a minute as a calendar and a clock on the wall show them, in no time zone.
///
/// Days are those of the Gregorian calendar. Values order as the times do.
package struct WallTime: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01 00:00 as if that clock never changed; always whole minutes.
    package let seconds: Int

    /// A date of the calendar.
    package struct Day: Hashable, Sendable {
        package var year: Int
        /// From 1.
        package var month: Int
        /// From 1.
        package var day: Int

        package init(_ year: Int, _ month: Int, _ day: Int) {
            (self.year, self.month, self.day) = (year, month, day)
        }

        /// Days since 1970-01-01.
        ///
        /// Counts years from March on, so that the leap day is the last of a year.
        var number: Int {
            let year = month > 2 ? self.year : self.year - 1
            let era = WallTime.floorDivide(year, 400)
            let ofEra = year - era * 400
            let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
            return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
        }

        init(number: Int) {
            let shifted = number + 719_468
            let era = WallTime.floorDivide(shifted, 146_097)
            let ofEra = shifted - era * 146_097
            let year = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
            let ofYear = ofEra - (365 * year + year / 4 - year / 100)
            let month = (5 * ofYear + 2) / 153
            day = ofYear - (153 * month + 2) / 5 + 1
            self.month = month < 10 ? month + 3 : month - 9
            self.year = year + era * 400 + (self.month <= 2 ? 1 : 0)
        }

        /// From 0 for Sunday.
        var weekday: Int { WallTime.floorRemainder(number + 4, 7) }
    }

    package init(_ day: Day, hour: Int, minute: Int) {
        seconds = (day.number * 24 + hour) * 3600 + minute * 60
    }

    /// The minute in which such a second is.
    init(seconds: Int) { self.seconds = seconds - Self.floorRemainder(seconds, 60) }

    package var day: Day { Day(number: Self.floorDivide(seconds, 86_400)) }
    package var hour: Int { Self.floorRemainder(seconds, 86_400) / 3600 }
    package var minute: Int { Self.floorRemainder(seconds, 3600) / 60 }

    package static func < (one: WallTime, other: WallTime) -> Bool { one.seconds < other.seconds }

    /// How many days a month has at most.
    static func longest(month: Int) -> Int { month == 2 ? 29 : [4, 6, 9, 11].contains(month) ? 30 : 31 }

    /// How many days a month has in a year.
    static func length(ofMonth month: Int, in year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 && !isLeap ? 28 : longest(month: month)
    }

    static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    static func floorRemainder(_ value: Int, _ divisor: Int) -> Int {
        value - floorDivide(value, divisor) * divisor
    }
}
