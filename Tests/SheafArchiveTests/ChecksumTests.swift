import SheafArchive
import Testing

@Suite struct ChecksumTests {
    private func sum(_ pieces: [[UInt8]], seed: UInt64 = 0) -> UInt64 {
        var sum = Checksum(seed: seed)
        for piece in pieces { piece.withUnsafeBytes { sum.add($0) } }
        return sum.value
    }

    /// From the implementation that the specification comes with (`xxhsum -H64`).
    @Test(arguments: [
        ("", 0xef46_db37_51d8_e999 as UInt64), ("a", 0xd24e_c4f1_a98c_6e5b), ("abc", 0x44bc_2cf5_ad77_0999),
        ("Nobody inspects the spammish repetition", 0xfbce_a83c_8a37_8bf1),
    ])
    func isThatOfTheSpecification(text: String, expected: UInt64) {
        #expect(sum([Array(text.utf8)]) == expected)
    }

    @Test func doesNotDependOnHowTheBytesAreCut() {
        let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let whole = sum([bytes])
        for cut in [1, 7, 31, 32, 33, 64, 999] {
            #expect(sum([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole)
            #expect(sum(stride(from: 0, to: 1_000, by: cut).map { Array(bytes[$0..<min($0 + cut, 1_000)]) }) == whole)
        }
        #expect(sum([bytes], seed: 1) != whole)
    }
}
