package import FoundationEssentials
import GRDB
package import SheafModel

/// What came of holding the event log against itself, and the history against the event log.
package struct HistoryVerification: Sendable, Hashable, Encodable {
    /// Something that does not fit.
    package struct Problem: Sendable, Hashable, Encodable {
        /// The line of the log; nil when no line is wrong by itself.
        package var sequence: Int64?
        package var time: Date?
        package var bundle: String?
        package var revision: Int?
        /// What the line says, such as `committed by ann`.
        package var claim: String?
        package var reason: String
    }

    /// How many lines the log has.
    package var events: Int64 = 0
    /// The hash of the last line, which stands for all of them; empty for an empty log.
    package var head = EventLine.origin
    /// How many revisions agree with the log.
    package var revisions = 0
    /// Whether a hash that was written down earlier is that of a line; nil when none was given.
    package var isExpectedThere: Bool?
    /// In the order of the log, then by bundle and revision; empty when everything fits.
    package var problems: [Problem] = []

    /// Whether everything fits.
    package var isWhole: Bool { problems.isEmpty }

    private enum CodingKeys: String, CodingKey { case events, head, revisions, isExpectedThere, problems, isWhole }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(events, forKey: .events)
        try container.encode(head, forKey: .head)
        try container.encode(revisions, forKey: .revisions)
        try container.encodeIfPresent(isExpectedThere, forKey: .isExpectedThere)
        try container.encode(problems, forKey: .problems)
        try container.encode(isWhole, forKey: .isWhole)
    }
}

extension Store {
    /// Walks the event log from its first line, and holds the revisions against what it says.
    ///
    /// Finds every line and every revision that was changed, removed or put in, unless everything behind it was made anew
    /// too. Against that only a hash helps that was written down elsewhere.
    /// - Parameters:
    ///   - bundle: Whose revisions are looked at; nil for all. The log is one for all bundles and always walked as a whole.
    ///   - expected: A hash that was the last one once.
    /// - Returns: What does not fit; revisions are only looked at when the log itself fits.
    /// - Throws: `StoreError` when the database cannot be read.
    package func verifyHistory(of bundle: String? = nil, expecting expected: Digest? = nil) throws
        -> HistoryVerification
    {
        try read { database in
            var walk = EventWalk(expected: expected?.description)
            let rows = try Row.fetchCursor(database, sql: "SELECT * FROM event ORDER BY sequence")
            while let row = try rows.next() { try walk.take(row) }
            walk.finish(try EventHead(in: database))
            guard walk.result.isWhole else { return walk.result }
            let revisions = try Row.fetchAll(
                database,
                sql: "SELECT * FROM revision WHERE ?1 IS NULL OR bundle = ?1 ORDER BY bundle, number",
                arguments: [bundle]
            )
            try walk.compare(try revisions.map(Self.record), of: bundle)
            return walk.result
        }
    }
}

/// A walk through the event log.
private struct EventWalk {
    private(set) var result = HistoryVerification()
    private let expected: String?
    private var chronicles: [String: BundleChronicle] = [:]

    init(expected: String?) {
        self.expected = expected
        result.isExpectedThere = expected.map { _ in false }
    }

    // MARK: The log

    mutating func take(_ row: Row) throws {
        let line = EventLine(row)
        let hash: String = row["hash"]
        if line.sequence != result.events + 1 {
            report(line, "line \(result.events + 1) is missing before it")
        } else if try line.hash(after: result.head) != hash {
            report(line, "its hash is not that of what it says and of the lines before it")
        }
        if hash == expected { result.isExpectedThere = true }
        (result.events, result.head) = (line.sequence, hash)
        // What follows from a line that does not fit would be no finding of its own.
        guard result.isWhole, let bundle = line.bundle else { return }
        do {
            try chronicles[bundle, default: BundleChronicle()].add(try Store.event(row))
        } catch let problem as BundleChronicle.Inconsistency {
            report(line, problem.reason)
        } catch let error as StoreError {
            report(line, error.message)
        }
    }

    mutating func finish(_ head: EventHead) {
        if (head.sequence, head.hash) != (result.events, result.head) {
            let last = result.events == 0 ? "it is empty" : "its last line is \(result.events)"
            report("the log should end with line \(head.sequence), \(head.hash), and \(last)")
        }
        if result.isExpectedThere == false {
            report("no line has the hash \(expected ?? "") that was expected: the log is not the one that it was")
        }
    }

    private mutating func report(_ line: EventLine, _ reason: String) {
        result.problems.append(
            HistoryVerification.Problem(
                sequence: line.sequence,
                time: Date(milliseconds: line.time),
                bundle: line.bundle,
                revision: line.revision,
                claim: "\(line.type) by \(line.author)",
                reason: reason
            )
        )
    }

    private mutating func report(_ reason: String, bundle: String? = nil, revision: Int? = nil) {
        result.problems.append(HistoryVerification.Problem(bundle: bundle, revision: revision, reason: reason))
    }

    // MARK: The revisions

    mutating func compare(_ records: [RevisionRecord], of bundle: String?) throws {
        var missing = chronicles.filter { bundle == nil || bundle == $0.key }.mapValues(\.history)
        for record in records {
            let owner = record.text("bundle") ?? "", number = Int(record["number"]?.integerValue ?? 0)
            guard let known = missing[owner]?.removeValue(forKey: number) else {
                report("the log tells of no such revision", bundle: owner, revision: number)
                continue
            }
            let columns = Set(known.keys).union(record.keys).sorted().filter { known[$0] != record[$0] }
            for column in columns {
                let now = Self.text(record[column]), then = Self.text(known[column])
                report("its \(column) is \(now), and the log has \(then)", bundle: owner, revision: number)
            }
            result.revisions += columns.isEmpty ? 1 : 0
        }
        for (owner, left) in missing.sorted(by: { $0.key < $1.key }) {
            for number in left.keys.sorted() {
                let line = chronicles[owner]?.revisions[number]?.beginning ?? 0
                report("it is missing in the history, and line \(line) tells of it", bundle: owner, revision: number)
            }
        }
    }

    /// The most characters of a value that a finding shows.
    private static let longest = 100

    private static func text(_ value: JSONValue?) -> String {
        guard let text = value?.scalarText else { return "nothing" }
        return text.count > longest ? "'\(text.prefix(longest))…'" : "'\(text)'"
    }
}
