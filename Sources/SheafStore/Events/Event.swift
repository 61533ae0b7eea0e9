package import FoundationEssentials
package import SheafModel

/// Something that happened to a bundle, as the event log keeps it for ever.
package struct Event: Sendable, Hashable {
    /// Its place in the log, from 1, without gaps.
    package var sequence: Int64
    package var time: Date
    /// nil when it is about no bundle.
    package var bundle: String?
    package var revision: Int?
    package var kind: EventKind
    /// The user whose command did it.
    package var author: String
    /// What is known besides, such as why.
    package var detail: EventDetail
    /// Of the line and of all before it.
    package var hash: String
}

/// What happened; kinds that are not listed here are those of a newer version.
package struct EventKind: RawRepresentable, Codable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// A revision was there before there was a log.
    package static let imported = EventKind(rawValue: "imported")
    /// A transaction is written down, with everything that identifies its revision.
    package static let begun = EventKind(rawValue: "begun")
    /// Whoever holds the lease now found the transaction of another process open.
    package static let recovering = EventKind(rawValue: "recovering")
    /// Everything is prepared, nothing visible has happened.
    package static let prepared = EventKind(rawValue: "prepared")
    /// Some steps begin, and some have been done since the last such event.
    package static let steps = EventKind(rawValue: "steps")
    /// The revision is live.
    package static let committed = EventKind(rawValue: "committed")
    /// Nothing is left to do for a committed transaction.
    package static let closed = EventKind(rawValue: "closed")
    /// The transaction failed and is being undone from now on.
    package static let compensating = EventKind(rawValue: "compensating")
    /// Everything was undone.
    package static let failed = EventKind(rawValue: "failed")
    /// An undo failed.
    package static let stuck = EventKind(rawValue: "stuck")
    /// The transaction ended before anything visible had happened; its number is free again.
    package static let discarded = EventKind(rawValue: "discarded")
    /// Revisions left the history.
    package static let forgotten = EventKind(rawValue: "forgotten")
    /// The secrets of revisions were sealed with another key, so that what they resolve to has other digests.
    package static let resealed = EventKind(rawValue: "resealed")

    /// Something was due by a schedule: what became of it.
    package static let firing = EventKind(rawValue: "firing")

    /// All that this version writes, in the order of a revision's life.
    package static let all = [
        imported, begun, recovering, prepared, steps, committed, closed, compensating, failed, stuck, discarded,
        forgotten, resealed, firing,
    ]
}

/// What is known of an event besides its kind; only what its kind has is there.
package struct EventDetail: Codable, Sendable, Hashable {
    /// The row of the revision as it was written (`begun`), or found (`imported`).
    package var record: RevisionRecord?
    /// The resources that are changed, by action (`begun`).
    package var changes: [String: [String]]?
    /// The revisions that made the incarnations, by resource: of all that is live (`imported`), or where it is another
    /// revision than this one (`begun`).
    package var generations: [String: Int]?
    /// The resources whose steps begin (`steps`).
    package var begun: [String]?
    /// The resources whose steps are done (`steps`).
    package var done: [String]?
    /// The resources whose steps had begun (`failed`).
    package var undone: [String]?
    /// Why, in the words of the revision.
    package var failure: String?
    /// The revision that was live before (`committed`).
    package var supersedes: Int?
    /// Those that were forgotten (`forgotten`).
    package var revisions: [Int]?
    /// The new digests, by the numbers of the revisions (`resealed`).
    package var resolved: [String: String]?
    /// How many are kept of a bundle (`forgotten`).
    package var keep: Int?
    /// Whose process had ended; nil when it had returned the lease (`recovering`).
    package var owner: Owner?
    /// What was due and what became of it (`firing`).
    package var firing: Firing?

    /// A process that held the lease of a bundle.
    package struct Owner: Codable, Sendable, Hashable {
        package var host: String
        package var pid: Int32
        package var user: String
        package var operation: String
    }

    /// What was due by a schedule.
    package struct Firing: Codable, Sendable, Hashable {
        /// A workflow, or the bundle itself.
        package var subject: String
        /// `run` of a workflow; `create` or `delete` of a bundle.
        package var action: String
        /// When it was due, such as `2026-11-22T06:00:00Z`; the last of those that were missed.
        package var due: String
        /// `fired`, `skipped`, `failed` or `missed`.
        package var outcome: String
        /// How many were missed.
        package var count: Int?
        /// The run that was begun.
        package var run: String?
        /// Why, in words.
        package var reason: String?

        package init(
            subject: String,
            action: String,
            due: String,
            outcome: String,
            count: Int? = nil,
            run: String? = nil,
            reason: String? = nil
        ) {
            (self.subject, self.action, self.due, self.outcome) = (subject, action, due, outcome)
            (self.count, self.run, self.reason) = (count, run, reason)
        }
    }

    package init() {}

    /// With why.
    package init(failure: String) { self.failure = failure }
}

/// A revision's row by column, without columns that hold nothing.
///
/// The names and values are those of the database, so that a row can be held against what was written, whatever columns
/// a later version adds. A column that changes while the revision lives needs an event that says so
/// (`BundleChronicle.Life.finish`).
package typealias RevisionRecord = [String: JSONValue]

extension RevisionRecord {
    /// The text in a column.
    package func text(_ column: String) -> String? { self[column]?.stringValue }

    /// The time in a column.
    package func time(_ column: String) -> Date? { self[column]?.integerValue.map(Date.init(milliseconds:)) }
}
