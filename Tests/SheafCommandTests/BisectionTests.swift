import Testing
import sheaf

@Suite struct BisectionTests {
    /// Searches revisions of which those from a position on are bad.
    private func search(
        _ revisions: [Int],
        firstBad: Int,
        skipping skipped: Set<Int> = []
    ) -> (found: Bisection, checks: [Int]) {
        var bisection = Bisection(revisions)
        var checks: [Int] = []
        let bad = Set(revisions.drop { $0 != firstBad })
        while let next = bisection.next {
            checks.append(next)
            bisection.record(skipped.contains(next) ? .skipped : bad.contains(next) ? .bad : .good, of: next)
        }
        return (bisection, checks)
    }

    @Test(arguments: 2...33)
    func everyFirstBadRevisionIsFoundInFewChecks(count: Int) {
        let revisions = Array(1...count)
        for firstBad in 2...count {
            let (found, checks) = search(revisions, firstBad: firstBad)
            #expect(found.suspects == [firstBad])
            #expect(found.lastGood == firstBad - 1)
            #expect(Set(checks).count == checks.count)
            #expect(checks.count <= Bisection(revisions).checksLeft)
            #expect(1 << max(checks.count - 1, 0) <= count)
        }
    }

    @Test func theOrderMayBeTurnedRound() {
        let (found, _) = search([9, 7, 4, 3, 1], firstBad: 4)
        #expect(found.suspects == [4])
        #expect(found.lastGood == 7)
    }

    @Test func neighboursNeedNoCheck() {
        let bisection = Bisection([3, 8])
        #expect(bisection.next == nil)
        #expect(bisection.suspects == [8])
    }

    @Test func whatIsSkippedIsGoneRound() {
        let (found, checks) = search(Array(1...9), firstBad: 7, skipping: [5])
        #expect(checks.first == 5)
        #expect(found.suspects == [7])
    }

    @Test func whenOnlySkippedOnesAreLeftAllOfThemAreSuspects() {
        let (found, _) = search(Array(1...9), firstBad: 5, skipping: [4, 5, 6])
        #expect(found.suspects == [4, 5, 6, 7])
        #expect(found.lastGood == 3)
        #expect(found.firstKnownBad == 7)
    }
}
