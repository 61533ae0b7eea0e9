import SheafArchive
import SheafModel
import SheafTestSupport
import Testing

@Suite struct ArchiveIndexTests {
    private func index(_ rows: [ArchiveIndex.Row]) -> ArchiveIndex {
        ArchiveIndex(
            formatVersion: 1,
            name: #"a "members":[] b"#,
            version: "1.0.0",
            commitTime: 1_700_000_000,
            resolved: Digest(of: Array("r".utf8)),
            members: rows
        )
    }

    @Test func theQuickEncoderGivesCanonicalJSON() throws {
        let names =
            [
                "plain/a.sql", "with space", #"quote"back\slash"#, "tab\tline\nreturn\r", "\u{1}\u{1f}\u{7f}", "ü",
                "e\u{301}",
            ]
            + ["\u{2028}\u{2029}", "😀", "a/b", "<&>'"]
        var rows = names.map { TarForge.row($0, Array($0.utf8)) }
        rows += names.map { TarForge.linkRow("link-" + $0, to: $0) }
        for count in [0, 1, 2, rows.count] {
            let index = index(Array(rows.prefix(count)))
            #expect(try index.encoded() == Array(CanonicalJSON.encode(index)))
            #expect(
                try index.filesDigest
                    == Digest(of: CanonicalJSON.encode(index.members.filter { $0.path.hasPrefix("files/") }))
            )
        }
    }
}
