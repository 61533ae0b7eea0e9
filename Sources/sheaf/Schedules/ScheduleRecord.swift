import FoundationEssentials
import SheafModel
import SheafStore

/// One line of `sheaf schedule list`: what happens at the times of a schedule, and what became of it lately.
struct ScheduleRecord: Encodable {
    struct Last: Encodable {
        /// When it was due.
        var due: String
        var state: String
        var detail: String?
        var revision: Int?
    }

    /// A workflow, or a bundle.
    var subject: String
    var bundle: String
    var action: String
    var cron: [String]
    var timezone: String
    var concurrencyPolicy: String?
    var endOn: String?
    var last: Last?
    var next: String?
    /// How many had nobody to do them.
    var missed: Int
    /// Why nothing is ever due.
    var problem: String?

    /// The records of a schedule, one for each thing that happens.
    ///
    /// - Parameters:
    ///   - stored: The schedule.
    ///   - firings: Of its subject, newest first.
    ///   - now: The present moment.
    /// - Returns: In the order of a bundle's life.
    static func all(of stored: StoredSchedule, firings: [Firing], at now: Date) -> [ScheduleRecord] {
        Schedule.Action.allCases.compactMap { action in
            let lines = stored.schedule.lines.filter { $0.action == action }.map(\.cron)
            guard !lines.isEmpty else { return nil }
            let own = firings.filter { $0.action == action }
            return ScheduleRecord(stored, action, cron: lines, firings: own, at: now)
        }
    }

    private init(_ stored: StoredSchedule, _ action: Schedule.Action, cron: [String], firings: [Firing], at now: Date) {
        let schedule = stored.schedule
        subject = stored.subject.description
        bundle = stored.bundle
        self.action = action.rawValue
        self.cron = cron
        timezone = schedule.timezone ?? "UTC"
        concurrencyPolicy = action == .run ? schedule.policy.rawValue : nil
        endOn = schedule.endOn
        missed = firings.filter { $0.state == .missed }.map(\.count).reduce(0, +)
        do throws(FiringTimes.Problem) {
            let times = try FiringTimes(schedule)
            next = times.next(after: max(stored.settled, now), of: action).map { times.clock.text($0.date) }
            if next == nil { problem = times.end == nil ? "never fires" : "has ended" }
            last = firings.first { $0.state != .missed }.map { firing in
                Last(
                    due: times.clock.text(firing.due),
                    state: firing.state.rawValue,
                    detail: firing.detail,
                    revision: firing.revision
                )
            }
        } catch {
            problem = error.message
        }
    }

    /// What happens next to a whole bundle, such as `delete at 2026-03-29T20:00:00+02:00`; nil for nothing.
    static func next(of stored: StoredSchedule, at now: Date) -> String? {
        // A schedule that cannot be read has no next time; the list says why.
        guard let times = try? FiringTimes(stored.schedule), let next = times.next(after: max(stored.settled, now))
        else { return nil }
        return "\(next.action.rawValue) at \(times.clock.text(next.date))"
    }

    /// The records as a table.
    static func table(of records: [ScheduleRecord]) -> String {
        var table = TableText(["what", "does", "cron", "zone", "policy", "last", "state", "next", "missed"])
        for record in records {
            table.add([
                record.subject, record.action, record.cron.joined(separator: "; "), record.timezone,
                record.concurrencyPolicy, record.last?.due, record.last?.state, record.next ?? record.problem,
                String(record.missed),
            ])
        }
        return table.render()
    }
}
