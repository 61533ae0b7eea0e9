import FoundationEssentials
package import SheafModel

/// What the event log says about a bundle: its revisions, and what was live when.
///
/// Made by adding the events of the bundle in their order. It never looks at the tables that the events tell of, so it can
/// be held against them, and knows what was forgotten there.
package struct BundleChronicle: Sendable {
    /// One revision.
    package struct Life: Sendable, Hashable {
        /// The row that the revision should have now.
        package var record: RevisionRecord
        /// Whether it has left the history.
        package var isForgotten = false
        /// The line that began it.
        package var beginning: Int64
        /// What its transaction changes; nothing once that is settled.
        var pending = Pending()

        /// The state of the revision as the history has it.
        package var state: Revision.State? { record.text("state").flatMap(Revision.State.init) }
    }

    /// What was live at some moment.
    package struct Moment: Sendable, Hashable {
        /// The live revision.
        package var live: Int?
        /// The live resources, by the revisions that made them.
        package var inventory: [String: Int]
    }

    /// What a commit will do to the inventory.
    struct Pending: Sendable, Hashable {
        var made: [String: Int] = [:]
        var removed: [String] = []
    }

    /// An event that cannot follow those before it.
    package struct Inconsistency: Error, Hashable {
        package var reason: String
    }

    /// By number.
    package private(set) var revisions: [Int: Life] = [:]
    /// The number of the live revision.
    package private(set) var live: Int?
    /// The live resources, by the revisions that made them.
    package private(set) var inventory: [String: Int] = [:]
    /// What was live once the watched revision was done; nil when that is not known, or it is not done.
    package private(set) var moment: Moment?
    private let watched: Int?

    /// Begins with nothing.
    ///
    /// - Parameter watched: The revision of which `moment` tells what was live when it was done.
    package init(watching watched: Int? = nil) { self.watched = watched }

    /// The revisions that the history should have, by number.
    package var history: [Int: RevisionRecord] { revisions.filter { !$0.value.isForgotten }.mapValues(\.record) }

    /// Adds the next event of the bundle.
    ///
    /// - Throws: `Inconsistency` when it does not fit; then nothing is added.
    package mutating func add(_ event: Event) throws {
        switch event.kind {
        case .imported: try include(event)
        case .begun: try begin(event)
        case .committed: try commit(event)
        case .failed: try settle(event, as: .failed)
        case .stuck: try settle(event, as: .stuck)
        case .discarded:
            let (number, life) = try open(event)
            guard life.state != .live else { throw Inconsistency(reason: "revision \(number) is live already") }
            revisions[number] = nil
        case .forgotten: try forget(event)
        case .resealed: try reseal(event)
        default: break
        }
    }

    // MARK: Kinds of events

    private mutating func include(_ event: Event) throws {
        let (number, record) = try record(event)
        var life = Life(record: record, beginning: event.sequence)
        if life.state == .live {
            live = number
            inventory = event.detail.generations ?? [:]
            note(number)
        } else {
            life.pending = Pending(event.detail, number)
        }
        revisions[number] = life
    }

    private mutating func begin(_ event: Event) throws {
        let (number, record) = try record(event)
        guard record.text("author") == event.author, record.time("started_at") == event.time else {
            throw Inconsistency(reason: "its author or its time is not that of the revision in it")
        }
        var life = Life(record: record, beginning: event.sequence)
        life.pending = Pending(event.detail, number)
        revisions[number] = life
    }

    private mutating func commit(_ event: Event) throws {
        var (number, life) = try open(event)
        guard live == event.detail.supersedes else {
            throw Inconsistency(
                reason: "it replaces \(Self.name(event.detail.supersedes)), and \(Self.name(live)) was live"
            )
        }
        if let live { revisions[live]?.record["state"] = .string(Revision.State.superseded.rawValue) }
        live = number
        for resource in life.pending.removed { inventory[resource] = nil }
        inventory.merge(life.pending.made) { $1 }
        life.finish(as: .live, at: event.time, because: nil)
        life.pending = Pending()
        revisions[number] = life
        note(number)
    }

    private mutating func settle(_ event: Event, as state: Revision.State) throws {
        var (number, life) = try open(event)
        guard number != live else { throw Inconsistency(reason: "revision \(number) is live already") }
        life.finish(as: state, at: event.time, because: event.detail.failure)
        revisions[number] = life
        note(number)
    }

    private mutating func forget(_ event: Event) throws {
        for number in event.detail.revisions ?? [] {
            guard number != live, revisions[number]?.isForgotten == false else {
                throw Inconsistency(reason: "it forgets revision \(number), which is live or not in the history")
            }
            revisions[number]?.isForgotten = true
        }
    }

    private mutating func reseal(_ event: Event) throws {
        for (text, digest) in event.detail.resolved ?? [:] {
            guard let number = Int(text), revisions[number]?.isForgotten == false else {
                throw Inconsistency(reason: "it seals revision \(text) anew, which is not in the history")
            }
            revisions[number]?.record["resolved"] = .string(digest)
        }
    }

    // MARK: Parts

    /// Keeps what is live now if that is asked for.
    private mutating func note(_ number: Int) {
        if number == watched { moment = Moment(live: live, inventory: inventory) }
    }

    private func record(_ event: Event) throws -> (number: Int, record: RevisionRecord) {
        guard let record = event.detail.record, let number = event.revision,
            record["number"] == .integer(Int64(number)), record.text("bundle") == event.bundle
        else { throw Inconsistency(reason: "it does not hold the revision that it is about") }
        guard revisions[number] == nil else { throw Inconsistency(reason: "revision \(number) was there before") }
        return (number, record)
    }

    private func open(_ event: Event) throws -> (number: Int, life: Life) {
        guard let number = event.revision, let life = revisions[number], !life.isForgotten else {
            throw Inconsistency(reason: "no revision \(event.revision.map(String.init) ?? "") has begun")
        }
        return (number, life)
    }

    private static func name(_ number: Int?) -> String { number.map { "revision \($0)" } ?? "nothing" }
}

extension BundleChronicle.Pending {
    /// What the beginning of a revision says.
    init(_ detail: EventDetail, _ number: Int) {
        for (action, resources) in detail.changes ?? [:] {
            if action == Change.Action.delete.rawValue {
                removed += resources
            } else {
                for resource in resources { made[resource] = detail.generations?[resource] ?? number }
            }
        }
    }
}

extension BundleChronicle.Life {
    /// What the end of a transaction writes into the row.
    mutating func finish(as state: Revision.State, at time: Date, because failure: String?) {
        record["state"] = .string(state.rawValue)
        record["finished_at"] = .integer(time.milliseconds)
        record["failure"] = failure.map { .string($0) }
    }
}

extension Store {
    /// What the event log says about a bundle.
    ///
    /// - Parameters:
    ///   - bundle: Its name.
    ///   - watched: The revision of which the chronicle tells what was live when it was done.
    /// - Returns: An empty chronicle for a bundle that the log does not know.
    /// - Throws: `StoreError` when the log cannot be read, or tells what cannot be.
    package func chronicle(of bundle: String, watching watched: Int? = nil) throws -> BundleChronicle {
        var query = EventQuery()
        query.bundle = bundle
        var chronicle = BundleChronicle(watching: watched)
        for event in try events(query) {
            do {
                try chronicle.add(event)
            } catch let problem as BundleChronicle.Inconsistency {
                throw StoreError(
                    .damaged,
                    "line \(event.sequence) of the event log does not fit those before it: \(problem.reason)",
                    hint: "run 'sheaf history --verify' to see what else does not fit"
                )
            }
        }
        return chronicle
    }
}
