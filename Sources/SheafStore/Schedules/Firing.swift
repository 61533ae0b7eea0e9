package import FoundationEssentials
import GRDB
package import SheafModel

/// A schedule that is live.
package struct StoredSchedule: Sendable, Hashable {
    /// A workflow, or the bundle itself.
    package var subject: ResourceID
    package var bundle: String
    /// That brought it, or brought it last; of a bundle, what a firing brings up.
    package var revision: Int
    package var schedule: Schedule
    /// What was due until then is decided.
    package var settled: Date
    /// When it was found to have ended; nil while it goes on.
    package var ended: Date?

    init(_ row: Row) throws {
        let subject: String = row["subject"]
        guard let id = ResourceID(subject) else {
            throw StoreError(.damaged, "the state database has a schedule of '\(subject)', which names nothing")
        }
        self.subject = id
        bundle = row["bundle"]
        revision = row["revision"]
        schedule = try Column.value(Schedule.self, from: row["definition"])
        settled = Date(milliseconds: row["settled"])
        let ended: Int64? = row["ended"]
        self.ended = ended.map(Date.init(milliseconds:))
    }
}

/// Something that was due, and what became of it.
package struct Firing: Sendable, Hashable {
    package enum State: String, Sendable {
        /// It is about to happen, and perhaps has.
        case begun
        /// It waits for the end of another run, as an earlier version of Sheaf had it; it is due, whatever goes on.
        case waiting
        case fired
        /// It did not happen, as the schedule wants it.
        case skipped
        /// It could not happen.
        case failed
        /// Nobody was there when it was due; one such record counts all.
        case missed

        /// Whether it is not decided yet.
        package var isOpen: Bool { self == .begun || self == .waiting }
    }

    package var id: Int64
    package var subject: ResourceID
    package var bundle: String
    package var action: Schedule.Action
    /// When it was due; the last of those that were missed.
    package var due: Date
    package var state: State
    /// How many were missed; otherwise 1.
    package var count: Int
    /// The last run from before its own one, once that is about to begin; empty for none.
    package var runBefore: String?
    /// The revision that was made for it.
    package var revision: Int?
    /// Why, in words.
    package var detail: String?
    /// When it came into this state.
    package var time: Date

    init(_ row: Row) throws {
        let subject: String = row["subject"], action: String = row["action"], state: String = row["state"]
        guard let id = ResourceID(subject), let action = Schedule.Action(rawValue: action),
            let state = State(rawValue: state)
        else {
            throw StoreError(.newer, "the state database has a firing that this version does not know")
        }
        self.id = row["id"]
        (self.subject, self.action, self.state) = (id, action, state)
        bundle = row["bundle"]
        due = Date(milliseconds: row["due"])
        count = row["count"]
        runBefore = row["run_before"]
        revision = row["revision"]
        detail = row["detail"]
        time = Date(milliseconds: row["time"])
    }
}

/// What is decided about all that was due of a schedule.
package struct FiringDecision: Sendable, Hashable {
    /// Everything until then.
    package var until: Date
    /// What happens now; nil for nothing.
    package var firing: FiringTimes.Due?
    /// What is too late, by action: how many, and the last of them.
    package var missed: [Schedule.Action: Missed]

    package struct Missed: Sendable, Hashable {
        package var count: Int
        package var last: Date

        package init(count: Int, last: Date) { (self.count, self.last) = (count, last) }
    }

    package init(until: Date, firing: FiringTimes.Due?, missed: [Schedule.Action: Missed] = [:]) {
        (self.until, self.firing, self.missed) = (until, firing, missed)
    }
}
