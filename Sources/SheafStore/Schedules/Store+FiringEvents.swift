import FoundationEssentials
import GRDB
import SheafModel

/// What becomes of what was due is an event: written with the record of the firing, in the same SQLite transaction.
///
/// A firing that is begun or waits has no event yet: each has exactly one in the end. It says when it was written, also
/// where somebody tries a schedule out at another time.
extension Store {
    /// Whose events are those of firings that no other operation decides.
    private static let author = "schedule"

    /// Brings open firings to their end.
    ///
    /// - Parameters:
    ///   - firings: As they were read in this SQLite transaction.
    ///   - state: How they end; not `missed`, which is counted.
    ///   - detail: Why, in words.
    ///   - run: The run that was begun.
    ///   - revision: What brings them to their end; nil for what follows the schedule alone.
    ///   - author: Who does; nil for nobody but the schedule.
    ///   - now: When.
    ///   - database: In which the change is being written.
    /// - Throws: What SQLite throws; then nothing of the change is written either.
    func settle(
        _ firings: [Firing],
        as state: Firing.State,
        because detail: String? = nil,
        run: String? = nil,
        revision: Int? = nil,
        by author: String? = nil,
        at now: Date,
        in database: Database
    ) throws {
        for firing in firings {
            try database.execute(
                sql: "UPDATE firing SET state = ?, detail = ?, time = ? WHERE id = ?",
                arguments: [state.rawValue, detail, now.milliseconds, firing.id]
            )
            var settled = firing
            (settled.state, settled.detail, settled.revision) = (state, detail, revision ?? firing.revision)
            try log(settled, run: run, by: author, in: database)
        }
    }

    /// Writes down what became of something that was due.
    ///
    /// - Parameters:
    ///   - firing: As it is settled; of those that were missed how many, and the last of them.
    ///   - run: The run that was begun.
    ///   - author: Who brings it to its end; nil for nobody but the schedule.
    ///   - database: In which the change is being written.
    /// - Throws: As `settle`.
    func log(_ firing: Firing, run: String? = nil, by author: String? = nil, in database: Database) throws {
        var detail = EventDetail()
        detail.firing = EventDetail.Firing(
            subject: firing.subject.description,
            action: firing.action.rawValue,
            due: firing.due.formatted(.iso8601),
            outcome: firing.state.rawValue,
            count: firing.state == .missed ? firing.count : nil,
            run: run,
            reason: firing.detail
        )
        try log(
            .firing,
            bundle: firing.bundle,
            revision: firing.revision,
            detail,
            by: author ?? Self.author,
            in: database
        )
    }
}
