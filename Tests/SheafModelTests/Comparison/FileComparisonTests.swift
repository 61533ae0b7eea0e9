import SheafModel
import Testing

@Suite struct FileComparisonTests {
    private struct Unexpected: Error {}

    private static func digest(_ text: String) -> Digest { Digest(of: Array(text.utf8)) }

    private func file(_ path: String, _ text: String, mode: String = "0644") -> ComparedFile {
        ComparedFile(path: path, size: Int64(text.utf8.count), mode: mode, digest: Self.digest(text))
    }

    private func link(_ path: String, _ target: String) -> ComparedFile {
        ComparedFile(path: path, size: 0, mode: "0777", target: target)
    }

    private func changes(_ before: [ComparedFile], _ after: [ComparedFile]) throws -> [String] {
        try FileComparison { _, _ in throw Unexpected() }.changes(from: before, to: after)
            .map { "\($0.action) \($0.oldPath.map { "\($0) " } ?? "")\($0.path)" }
    }

    @Test func filesAreAddedRemovedAndChangedInOrderOfPath() throws {
        let before = [file("a", "1"), file("b", "1"), file("d", "same")]
        let after = [file("B", "new"), file("b", "2"), file("d", "same"), file("e", "5")]
        #expect(try changes(before, after) == ["added B", "removed a", "changed b", "added e"])
        #expect(try changes(before, before).isEmpty)
        #expect(try changes([], []).isEmpty)
        #expect(try changes([], before).count == 3)
        #expect(try changes(before, []).count == 3)
    }

    @Test func aChangeOfModeAndOfALinkCounts() throws {
        #expect(try changes([file("a", "1")], [file("a", "1", mode: "0755")]) == ["changed a"])
        #expect(try changes([link("a", "x")], [link("a", "y")]) == ["changed a"])
        #expect(try changes([link("a", "x")], [link("a", "x")]).isEmpty)
        #expect(try changes([link("a", "x")], [file("a", "x")]) == ["changed a"])
    }

    @Test func equalContentsUnderAnotherNameAreARename() throws {
        let moved = try changes([file("old/x", "text")], [file("new/x", "text")])
        #expect(moved == ["renamed old/x new/x"])
        // The same name in another folder goes before any other name; each is used once.
        let several = try changes(
            [file("a/one", "text"), file("a/two", "text")],
            [file("b/other", "text"), file("b/two", "text"), file("c/two", "text")]
        )
        #expect(several == ["renamed a/one b/other", "renamed a/two b/two", "added c/two"])
        #expect(try changes([file("a", "")], [file("b", "")]) == ["removed a", "added b"])
    }

    @Test func namesThatDifferInTheFormOfTheirLettersOnlyAreTwo() throws {
        let composed = file("\u{E9}", "1"), decomposed = file("e\u{301}", "2")
        #expect(try changes([composed], [decomposed]).count == 2)
    }

    @Test func readsOnlyWhatNothingElseTells() throws {
        var read: [String] = []
        let comparison = FileComparison { side, file in
            read.append("\(side) \(file.path)")
            return Self.digest(file.path == "c" ? "\(side)" : "same")
        }
        func unknown(_ path: String, size: Int64, blob: String?) -> ComparedFile {
            ComparedFile(path: path, size: size, mode: "0644", blob: blob)
        }
        let before = [
            unknown("a", size: 1, blob: "1"), unknown("b", size: 1, blob: "2"), unknown("c", size: 1, blob: nil),
        ]
        let after = [
            unknown("a", size: 1, blob: "1"), unknown("b", size: 1, blob: nil), unknown("c", size: 1, blob: "3"),
        ]
        #expect(try comparison.changes(from: before, to: after).map(\.path) == ["c"])
        #expect(!read.contains { $0.hasSuffix(" a") })
        #expect(read.contains("before b") && read.contains("after b"))
    }
}
