/// A binary search for the revision at which a check changes from good to bad.
///
/// A value without effects: it says which revision to look at next, and takes in what was found.
package struct Bisection: Sendable {
    /// What a check says of a revision.
    package enum Verdict: String, Encodable, Sendable {
        case good, bad
        /// Nothing can be said.
        case skipped
    }

    /// From the good end to the bad end; at least these two.
    package let revisions: [Int]
    private var skipped: Set<Int> = []
    /// The positions of the last revision that is known to be good and of the first one after it that is bad.
    private var good = 0
    private var bad: Int

    /// Takes revisions of which the first is good and the last is bad.
    package init(_ revisions: [Int]) {
        self.revisions = revisions
        bad = revisions.count - 1
    }

    /// The revision that halves what is left, or the nearest to it of which something can be said; nil at the end.
    package var next: Int? {
        let middle = (good + bad) / 2
        let left = revisions.indices.filter { $0 > good && $0 < bad && !skipped.contains($0) }
        return left.min { (abs($0 - middle), $0) < (abs($1 - middle), $1) }.map { revisions[$0] }
    }

    /// How many checks are left at most, when none is skipped.
    package var checksLeft: Int {
        var (left, checks) = (bad - good - 1, 0)
        while left > 0 { (left, checks) = (left / 2, checks + 1) }
        return checks
    }

    /// Takes in what was found of a revision.
    package mutating func record(_ verdict: Verdict, of revision: Int) {
        guard let position = revisions.firstIndex(of: revision) else { return }
        switch verdict {
        case .good: good = max(good, position)
        case .bad: bad = min(bad, position)
        case .skipped: skipped.insert(position)
        }
    }

    /// The last one that is good.
    package var lastGood: Int { revisions[good] }
    /// The first one that is known to be bad.
    package var firstKnownBad: Int { revisions[bad] }
    /// Those of which one is the first bad one: just one unless some were skipped.
    package var suspects: [Int] { Array(revisions[(good + 1)...bad]) }
}
