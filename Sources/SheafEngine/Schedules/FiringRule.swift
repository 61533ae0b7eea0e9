package import FoundationEssentials
package import SheafModel
package import SheafStore

/// What becomes of what was due while nobody was there to do it (`docs/schedules.md`).
///
/// Of the runs that were due, the last is done if that is not too long ago; of the coming and going of a bundle the last
/// counts however long ago it was, since it says what shall be there now. All others were missed, and are counted.
package enum FiringRule {
    /// How long after its time a run is still begun.
    package static let lateness = Duration.seconds(600)

    /// How many firings are looked at together.
    private static let most = 10_000

    /// Decides about all that has become due since the last decision.
    ///
    /// - Parameters:
    ///   - times: Of the schedule.
    ///   - subject: A workflow, or a bundle.
    ///   - settled: What was due until then is decided.
    ///   - now: The present moment.
    ///   - lateness: How long after its time a run is still begun.
    /// - Returns: nil when nothing was due. Where that is a great deal, it is decided about a part, up to `until`.
    package static func decision(
        on times: FiringTimes,
        of subject: ResourceID,
        settled: Date,
        now: Date,
        lateness: Duration
    ) -> FiringDecision? {
        let due = times.due(after: settled, until: now, most: most + 1)
        guard let last = due.last else { return nil }
        if due.count > most {
            return FiringDecision(until: due[most - 1].date, firing: nil, missed: missed(due.prefix(most)))
        }
        let isInTime = subject.kind == .bundle || !isLate(last.date, now: now, lateness: lateness)
        return FiringDecision(
            until: last.date,
            firing: isInTime ? last : nil,
            missed: missed(isInTime ? due.dropLast() : due[...])
        )
    }

    /// Whether it is too late for a run.
    static func isLate(_ due: Date, now: Date, lateness: Duration) -> Bool {
        now.timeIntervalSince(due) > Double(lateness.components.seconds)
    }

    private static func missed(_ due: ArraySlice<FiringTimes.Due>) -> [Schedule.Action: FiringDecision.Missed] {
        var missed: [Schedule.Action: FiringDecision.Missed] = [:]
        for firing in due {
            let count = missed[firing.action]?.count ?? 0
            missed[firing.action] = FiringDecision.Missed(count: count + 1, last: firing.date)
        }
        return missed
    }
}
