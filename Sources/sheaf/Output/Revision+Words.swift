import FoundationEssentials
import SheafModel

extension Revision {
    /// Its state for people: of a delete nothing is live, so it is called by what it left.
    var stateInWords: String { operation == .delete && state == .live ? "deleted" : state.rawValue }

    /// Such as `rollback to 3`.
    var operationInWords: String { restores.map { "rollback to \($0)" } ?? operation.rawValue }

    /// The commit, shortened, with `+` where the files differed from it.
    var commitInWords: String? {
        provenance?.commit.map { "\($0.prefix(12))\(provenance?.dirty == true ? "+" : "")" }
    }

    /// How long it took, in tenths of seconds.
    var tookInWords: String? {
        finishedAt.map { finished in
            let milliseconds = Int((finished.timeIntervalSince(startedAt) * 1000).rounded())
            return "\(milliseconds / 1000).\(milliseconds % 1000 / 100)s"
        }
    }

    /// Why it was made, and why it failed.
    var messageInWords: String? {
        let words = [message, failure].compactMap { $0 }
        return words.isEmpty ? nil : words.joined(separator: "; ")
    }
}
