package import FoundationEssentials

/// The times of a schedule, ready to be asked.
package struct FiringTimes: Sendable {
    /// A moment at which something is due.
    package struct Due: Hashable, Sendable {
        package var date: Date
        package var action: Schedule.Action

        package init(_ date: Date, _ action: Schedule.Action) { (self.date, self.action) = (date, action) }
    }

    /// Why a schedule cannot be followed.
    package struct Problem: Error, Hashable, Sendable {
        package var message: String
    }

    /// In whose time zone it is read.
    package let clock: WallClock
    /// From this moment on nothing is due; nil when it goes on for ever.
    package let end: Date?
    private let lines: [(action: Schedule.Action, cron: CronLine)]

    /// - Throws: `Problem`; validation finds the same, with its place.
    package init(_ schedule: Schedule) throws(Problem) {
        guard let clock = WallClock(schedule.timezone) else {
            throw Problem(message: "the time zone '\(schedule.timezone ?? "")' is not in /usr/share/zoneinfo")
        }
        self.clock = clock
        if let endOn = schedule.endOn {
            guard let end = Moment.parse(endOn, on: clock) else {
                throw Problem(message: "endOn is '\(endOn)', which is no moment by RFC 3339")
            }
            self.end = end
        } else {
            end = nil
        }
        var lines: [(action: Schedule.Action, cron: CronLine)] = []
        for line in schedule.lines {
            do throws(CronLine.Problem) {
                lines.append((line.action, try CronLine(line.cron)))
            } catch {
                throw Problem(message: error.message)
            }
        }
        self.lines = lines
    }

    /// What is due next after a moment.
    ///
    /// - Parameters:
    ///   - date: Does not count itself.
    ///   - action: Only this; nil for whatever comes first. Of two at the same moment the later line counts.
    /// - Returns: nil when nothing is due any more.
    package func next(after date: Date, of action: Schedule.Action? = nil) -> Due? {
        var first: Due?
        for line in lines where action == nil || line.action == action {
            guard let next = line.cron.next(after: date, on: clock) else { continue }
            if first.map({ next <= $0.date }) ?? true { first = Due(next, line.action) }
        }
        guard let first, end.map({ first.date < $0 }) ?? true else { return nil }
        return first
    }

    /// What is due after a moment and until another, in its order.
    ///
    /// - Parameters:
    ///   - start: Does not count itself.
    ///   - end: Counts itself.
    ///   - most: How many are found at most.
    /// - Returns: Empty when nothing is.
    package func due(after start: Date, until end: Date, most: Int) -> [Due] {
        var found: [Due] = []
        var last = start
        while found.count < most, let next = next(after: last), next.date <= end {
            found.append(next)
            last = next.date
        }
        return found
    }
}
