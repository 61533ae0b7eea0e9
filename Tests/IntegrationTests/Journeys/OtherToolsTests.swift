import FoundationEssentials
import SheafTestSupport
import Testing

/// Archives are ordinary: other programs list them and unpack them to the same files.
@Suite struct OtherToolsTests {
    private static let hasBsdtar = ["/usr/bin", "/bin", "/usr/local/bin"]
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/bsdtar") }

    /// Names that tar has to take pains with, each with what is in it.
    private static let files: [String: String] = [
        "data/Größe – 数量.csv": "a,b\n", "data/e\u{301}.txt": "decomposed", "data/😀": "", "empty": "",
        "two words/and 'quotes'": "q", "-dash": "d",
        "long/\(String(repeating: "n", count: 120))": "over 100",
        "long/\(String(repeating: "deep/", count: 60))x": "over 255, in 62 folders",
        "long/\(String(repeating: "ü", count: 120))/\(String(repeating: "é", count: 120))": "over 255, and not ASCII",
        "long/\((0..<4).map { _ in String(repeating: "m", count: 254) }.joined(separator: "/"))": "1024, the limit",
    ]

    private func packed(_ site: Site) async throws -> String {
        try Scenario().write(.one, to: site)
        for (name, text) in Self.files { try site.write(name, text) }
        try site.write("bin/run", "#!/bin/sh\n")
        let made = try await site.run(
            "sh",
            [
                "-c",
                """
                cd '\(site.bundle)' && chmod 755 bin/run && ln -s ../bin/run data/link && ln -s 'Größe – 数量.csv' data/länk &&
                ln -s "\(String(repeating: "deep/", count: 40))x" long/over100
                """,
            ]
        )
        try #require(made.code == 0, "\(made)")
        try await site.commit(tag: "v1.0.0")
        let archive = site.scratch.path("a.sheaf")
        let result = try await site.sheaf("pack", site.bundle, "-o", archive)
        try #require(result.code == 0, "\(result)")
        return archive
    }

    /// The names that the archive should have, one a line, in order.
    private func expected(_ site: Site) async throws -> String {
        let listing = try await site.run(
            "sh",
            ["-c", "cd '\(site.bundle)' && git ls-files -z | sort -z | tr '\\0' '\\n' | sed 's,^,files/,'"],
            environment: ["LC_ALL": "C"]
        )
        return "sheaf.json\nresolved.json\nprovenance.json\nsbom.cdx.json\n" + listing.output
    }

    @Test func tarListsAndUnpacksWhatSheafPacks() async throws {
        let site = try Site()
        let archive = try await packed(site)
        let listing = try await site.run(
            "tar",
            ["--zstd", "--quoting-style=literal", "-tf", archive],
            environment: ["LC_ALL": "C.UTF-8"]
        )
        #expect(listing.code == 0 && listing.errors == "", "\(listing)")
        #expect(try await listing.output == expected(site))
        let script = """
            mkdir tar && tar --zstd -xf '\(archive)' -C tar && '\(Site.built)/sheaf' unpack '\(archive)' sheaf &&
            diff -r --no-dereference tar/files sheaf && find sheaf -type f -perm -100
            """
        let both = try await site.run("sh", ["-c", script], environment: ["LC_ALL": "C.UTF-8"])
        #expect(both.code == 0, "\(both)")
        #expect(both.output == "sheaf/bin/run\n", "\(both)")
    }

    @Test(.enabled(if: hasBsdtar, "bsdtar is installed (libarchive-tools)"))
    func bsdtarListsWhatSheafPacks() async throws {
        let site = try Site()
        let archive = try await packed(site)
        let listing = try await site.run("bsdtar", ["-tf", archive], environment: ["LC_ALL": "C.UTF-8"])
        #expect(listing.code == 0 && listing.errors == "", "\(listing)")
        #expect(listing.output.split(separator: "\n").count == (try await expected(site)).split(separator: "\n").count)
        #expect(listing.output.contains("files/data/Größe – 数量.csv\n"), "\(listing.output)")
    }

    @Test func pythonListsWhatSheafPacks() async throws {
        let site = try Site()
        let archive = try await packed(site)
        // The tar module of Python knows no zstd before 3.14.
        let script = "zstd -dcq '\(archive)' > a.tar && PYTHONUTF8=1 python3 -m tarfile -l a.tar"
        let listing = try await site.run("sh", ["-c", script], environment: ["LC_ALL": "C.UTF-8"])
        #expect(listing.code == 0, "\(listing)")
        let names = listing.output.split(separator: "\n").map { $0.trimmingSuffix { $0 == " " } }
        let expected = try await expected(site).split(separator: "\n")
        #expect(names.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}
