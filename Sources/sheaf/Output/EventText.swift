import FoundationEssentials
import SheafModel
import SheafStore

/// What an event says, in one line for people.
enum EventText {
    /// The most names that a line lists.
    private static let mostNames = 3

    /// The facts of an event beside its type; empty where its type says everything.
    static func summary(of event: Event) -> String {
        let detail = event.detail
        switch event.kind {
        case .begun: return beginning(detail)
        case .imported: return beginning(detail) + " (from before there was a log)"
        case .recovering:
            guard let owner = detail.owner else { return "it was left open" }
            return "process \(owner.pid) of \(owner.user) on \(owner.host) ended during '\(owner.operation)'"
        case .prepared: return "nothing visible has happened yet"
        case .steps:
            let parts = [("begins", detail.begun), ("done", detail.done)]
            return parts.compactMap { word, names in names.map { "\(word) \(list($0))" } }.joined(separator: "; ")
        case .committed: return detail.supersedes.map { "replaces revision \($0)" } ?? "nothing was live before"
        case .closed: return "nothing is left to do"
        case .failed:
            let undone = detail.undone.map { "; undone: \(list($0))" } ?? ""
            return (detail.failure ?? "") + undone
        case .forgotten:
            let revisions = RevisionNumbers.text(detail.revisions ?? [])
            return "\(revisions) left the history" + (detail.keep.map { ", which keeps \($0)" } ?? "")
        case .firing: return detail.firing.map(firing) ?? ""
        default: return detail.failure ?? ""
        }
    }

    /// Such as `run of workflow:report:night due 2026-11-22T06:00:00Z: begun as 1m8kvbnaqbz361vrt`.
    private static func firing(_ firing: EventDetail.Firing) -> String {
        let isRun = firing.action == Schedule.Action.run.rawValue
        let what = isRun ? "run of \(firing.subject)" : firing.action
        let many = firing.count.map { $0 > 1 ? "\($0) times, last " : "" } ?? ""
        let outcome = firing.outcome == "fired" ? (isRun ? "begun" : "done") : firing.outcome
        let run = firing.run.map { " as \($0)" } ?? ""
        return "\(what) due \(many)\(firing.due): \(outcome)\(run)" + (firing.reason.map { "; \($0)" } ?? "")
    }

    private static func beginning(_ detail: EventDetail) -> String {
        let record = detail.record ?? [:]
        let restores = record["restores"]?.scalarText.map { " to \($0)" } ?? ""
        let facts = [
            (record.text("operation") ?? "") + restores, record.text("version"),
            record.text("archive").flatMap { Digest($0)?.short }.map { "archive \($0)" },
            record.text("environment").map { "environment \($0)" },
        ].compactMap { $0 }.joined(separator: ", ")
        let changes = (detail.changes ?? [:]).sorted { $0.key < $1.key }.map { "\($0.value.count) to \($0.key)" }
        let words = changes.isEmpty ? "" : ": \(changes.joined(separator: ", "))"
        return facts + words + (record.text("message").map { "; \($0)" } ?? "")
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(mostNames).joined(separator: ", ")
        return names.count > mostNames ? "\(shown) and \(names.count - mostNames) more" : shown
    }
}

/// Numbers of revisions in words.
enum RevisionNumbers {
    /// Such as `revision 4` or `revisions 1-3, 7`.
    static func text(_ numbers: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers.sorted() {
            if let last = ranges.last, last.upperBound + 1 == number {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        let words = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        return "revision\(numbers.count == 1 ? "" : "s") \(words.joined(separator: ", "))"
    }
}
