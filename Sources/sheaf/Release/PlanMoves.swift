import FoundationEssentials
import SheafModel

/// What has moved since a plan was made, a line for each thing.
package struct PlanMoves {
    /// More changes than this are only counted.
    private static let mostChanges = 20

    private let saved: PlanDocument
    private let now: PlanDocument

    /// Compares a plan with the one that would be made now.
    ///
    /// - Throws: `EncodingError` for numbers that JSON cannot hold, which no manifest has.
    package init(from saved: PlanDocument, to now: PlanDocument) throws {
        self.saved = saved
        // As it would be read again: JSON does not tell a field that is null from one that is absent.
        var readAgain = now
        readAgain.changes = try CanonicalJSON.decode([Change].self, from: CanonicalJSON.encode(now.changes))
        self.now = readAgain
    }

    /// Empty when the plan still fits.
    package var lines: [String] {
        let inputs = [home, revision, restored, archive, environment, values].compactMap(\.self)
        // Everything else follows from what is another.
        guard inputs.isEmpty else { return inputs }
        guard saved.resolved == now.resolved else {
            return ["what the bundle resolves to is another: other values, variables or secrets were given"]
        }
        return changes
    }

    // MARK: What was given

    private var home: String? {
        saved.home == now.home ? nil : "it goes to \(now.home), the plan was made for \(saved.home)"
    }

    private var revision: String? {
        guard saved.fromRevision != now.fromRevision else { return nil }
        let live = now.fromRevision.map { "the live revision is \($0)" } ?? "nothing is live"
        let made = saved.fromRevision.map { "the plan was made for \($0)" } ?? "the plan was made when nothing was"
        return "\(live), \(made)"
    }

    private var restored: String? {
        guard saved.restores != now.restores else { return nil }
        func name(_ number: Int?) -> String { number.map { "revision \($0)" } ?? "none" }
        return "it would restore \(name(now.restores)), the plan was made for \(name(saved.restores))"
    }

    private var archive: String? {
        guard saved.archive != now.archive else { return nil }
        return "the archive is \(short(now.archive)), the plan was made for \(short(saved.archive))"
    }

    private func short(_ digest: Digest?) -> String { digest.map { "sha256:\($0.short)" } ?? "none" }

    private var environment: String? {
        guard saved.environment != now.environment else { return nil }
        func name(_ text: String?) -> String { text.map { "'\($0)'" } ?? "none" }
        return "the environment is \(name(now.environment)), the plan was made for \(name(saved.environment))"
    }

    private var values: String? {
        guard saved.valueSources != now.valueSources else { return nil }
        func list(_ sources: [String]?) -> String { sources.map { $0.joined(separator: ", ") } ?? "none" }
        return "the values given are \(list(now.valueSources)), the plan was made with \(list(saved.valueSources))"
    }

    // MARK: What would be done

    private var changes: [String] {
        let old = byID(saved.changes), new = byID(now.changes)
        let order = now.changes.map(\.resource) + saved.changes.map(\.resource).filter { new[$0] == nil }
        let lines = order.compactMap { line($0, old[$0], new[$0]) }
        if lines.isEmpty, saved.changes != now.changes { return ["the changes would be made in another order"] }
        let more = lines.count - Self.mostChanges
        return more > 0 ? lines.prefix(Self.mostChanges) + ["and \(more) more"] : lines
    }

    private func byID(_ changes: [Change]) -> [ResourceID: Change] {
        Dictionary(changes.map { ($0.resource, $0) }) { first, _ in first }
    }

    private func line(_ id: ResourceID, _ old: Change?, _ new: Change?) -> String? {
        guard old != new else { return nil }
        let was = old?.action ?? .keep, becomes = new?.action ?? .keep
        let reasons = new?.reasons ?? []
        let why = reasons.isEmpty ? "" : ": \(reasons.joined(separator: "; "))"
        let done = ActionWords.of(becomes).done
        switch (was, becomes) {
        case (.keep, _) where becomes != .keep: return "\(id) would now also be \(done)\(why)"
        case (_, .keep) where was != .keep: return "\(id) would not be \(ActionWords.of(was).done) any more"
        case _ where was != becomes: return "\(id) would now be \(done), not \(ActionWords.of(was).done)\(why)"
        default: return "\(id) would be \(done) in another way\(why)"
        }
    }
}
