import SheafModel
import SheafStore

/// What came of verifying the history, for people.
struct HistoryVerificationText {
    private let result: HistoryVerification

    init(_ result: HistoryVerification) { self.result = result }

    /// The lines with their ends: what does not fit, or what does and the hash to write down.
    func render() -> String {
        guard !result.isWhole else {
            let expected = result.isExpectedThere == true ? "the expected hash is that of one of its lines\n" : ""
            return """
                \(count(result.events, "line")) of the event log \(result.events == 1 ? "fits" : "fit") together, \
                \(count(Int64(result.revisions), "revision")) \(result.revisions == 1 ? "agrees" : "agree") with them
                \(expected)head: \(result.head.isEmpty ? "(the log is empty)" : result.head)

                """
        }
        var table = TableText(["line", "time", "bundle", "revision", "says", "does not fit because"])
        for problem in result.problems {
            table.add([
                problem.sequence.map(String.init), problem.time.map(Rendering.date), problem.bundle,
                problem.revision.map(String.init), problem.claim, problem.reason,
            ])
        }
        return table.render()
    }

    /// The error that the command ends with; nil when everything fits.
    var failure: DamagedHistory? {
        guard let first = result.problems.first else { return nil }
        return DamagedHistory(problem: first, others: result.problems.count - 1)
    }

    private func count(_ count: Int64, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

/// A history that is not what was written.
struct DamagedHistory: SheafError {
    let problem: HistoryVerification.Problem
    let others: Int

    var code: String { "history.damaged" }
    var message: String {
        let revision = problem.revision.map { "revision \($0) of '\(problem.bundle ?? "")'" }
        let place: String
        if let sequence = problem.sequence {
            let time = problem.time.map { ", \(Rendering.date($0))" } ?? ""
            let claim = [problem.claim, revision].compactMap { $0 }.joined(separator: ", ")
            place = "line \(sequence) of the event log (\(claim)\(time))"
        } else {
            place = revision ?? "the event log"
        }
        let more = others == 0 ? "" : "; and \(others) more"
        return "\(place) does not fit: \(problem.reason)\(more)"
    }
    var hint: String? { "compare with a copy of state.db from before; what is live is not affected" }
    var failureClass: FailureClass { .invalidInput }
}
