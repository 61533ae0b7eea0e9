import SheafModel
import Testing

@Suite struct RunIDTests {
    @Test func anIdentifierHas17CharactersThatCanStandInAName() {
        for moment: Int64 in [0, 1, 1_795_945_555_123, .max] {
            let id = RunID(at: moment)
            #expect(id.description.count == 17)
            #expect(id.description.allSatisfy { $0.isASCII && ($0.isNumber || $0.isLowercase) })
            #expect(RunID(id.description) == id)
        }
    }

    @Test func laterRunsSortBehindEarlierOnes() {
        let moments: [Int64] = [0, 1, 31, 32, 1023, 1024, 1_795_945_555_123, 1_795_945_555_124, 1 << 44]
        let ids = moments.map { RunID(at: $0) }
        #expect(ids.sorted() == ids)
        #expect(ids.map(\.description).sorted() == ids.map(\.description), "folders sort as runs do")
    }

    @Test(arguments: [0, 1_795_945_555_122, 1_795_945_555_123, 1_795_945_555_124])
    func laterOnesSortBehindAlsoWhereTheClockWasSetBack(_ moment: Int64) {
        let last = RunID(at: 1_795_945_555_123)
        for _ in 0..<100 { #expect(RunID(at: moment, after: last) > last) }
        #expect(RunID(at: 9, after: nil) > RunID(at: 8))
    }

    @Test func runsThatBeginTogetherDiffer() {
        #expect(Set((0..<1000).map { _ in RunID(at: 1) }).count == 1000)
    }

    @Test(arguments: ["", "0", "../../../etc/passw", "0123456789abcdefI", "0123456789abcdefgh", "0123456789abcdefu"])
    func nothingElseIsAnIdentifier(_ text: String) {
        #expect(RunID(text) == nil)
    }
}
