import SheafArchive
import SheafModel
import Testing

/// Names are kept as they are, and refused where they would not stay two files everywhere.
@Suite struct NameTests {
    private static let composed = "caf\u{e9}.sql", decomposed = "cafe\u{301}.sql"

    /// A commit with names that the disk of this machine need not be able to hold together.
    private func repository(_ names: [[UInt8]]) async throws -> Repository {
        let repository = try await Repository(["bundle.yaml": "b"])
        var script = Array("commit refs/heads/main\ncommitter C <c@example.org> 1700000000 +0000\ndata 0\n".utf8)
        for name in [Array("bundle.yaml".utf8)] + names {
            script += Array("M 644 inline \"".utf8)
            for byte in name {
                script += Array("\\\(String(byte >> 6))\(String(byte >> 3 & 7))\(String(byte & 7))".utf8)
            }
            script += Array("\"\ndata 1\nx\n".utf8)
        }
        try repository.scratch.write("script", script + [10])
        try await Commands.run("bash", ["-c", "git fast-import --quiet --force < script"], in: repository.path)
        return repository
    }

    @Test func bothFormsOfALetterAreKeptByteForByte() async throws {
        for name in [Self.composed, Self.decomposed, "日本語/表.sql", "😀", "a b c"] {
            let repository = try await repository([Array(name.utf8)])
            let tree = try SourceTree.commit(directory: repository.path, revision: nil)
            let scratch = try Scratch()
            try tree.packed().write(to: scratch.path("a.sheaf"))
            let unpacked = try SourceTree.archive(path: scratch.path("a.sheaf"))
            #expect(unpacked.members.contains { Array($0.path.text.utf8) == Array(name.utf8) }, "\(name)")
        }
    }

    @Test(arguments: [
        (["café.sql", "cafe\u{301}.sql"], "composed differently"), (["caf\u{e9}/a", "cafe\u{301}/b"], "composed"),
        (["a.sql", "A.sql"], "only in case"), (["É", "é"], "only in case"), (["E\u{301}", "é"], "only in case"),
        (["K", "\u{212a}"], ""), (["Å", "\u{212b}"], ""), (["a/x", "A"], ""),
    ])
    func namesThatAreOneElsewhereAreRefused(_ names: [String], _ words: String) async throws {
        let repository = try await repository(names.map { Array($0.utf8) })
        let error = #expect(throws: ArchiveError.self) {
            try SourceTree.commit(directory: repository.path, revision: nil)
        }
        #expect(error?.code == "archive.name-collision")
        #expect(error?.message.contains(words) == true || words.isEmpty)
        #expect(error?.hint?.contains("rename one") == true)
    }

    @Test func namesThatOnlyLookAlikeAreTwo() async throws {
        // Latin and Cyrillic, and forms that are compatible but not equivalent.
        let names = ["a", "\u{430}", "fi", "\u{fb01}", "2", "\u{b2}"]
        let repository = try await repository(names.map { Array($0.utf8) })
        #expect(try SourceTree.commit(directory: repository.path, revision: nil).paths.count == 7)
    }

    @Test(arguments: ["\u{61c}", "\u{200e}", "\u{200f}", "\u{2028}", "\u{202e}", "\u{2066}", "\u{2069}", "\u{7f}"])
    func namesThatHideHowTheyReadAreRefused(_ sign: String) {
        #expect(code { _ = try MemberPath("a\(sign)b.sql") } == "archive.unprintable-name")
        #expect(!PrintableText.oneLine("a\(sign)b").unicodeScalars.contains { sign.unicodeScalars.contains($0) })
    }
}
