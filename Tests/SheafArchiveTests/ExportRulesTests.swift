import SheafArchive
import SheafModel
import Testing

/// `export-ignore` leaves out what `git archive` leaves out.
@Suite struct ExportRulesTests {
    private static let files = [
        "bundle.yaml", "a/one.sql", "a/two.md", "a/b/three.sql", "a/b/tests/t.sql", "tests/t.md", "docs/x y.md",
        "docs/é.md", "docs/A.txt", "docs/b.txt", "docs/[x].txt", "notes/1.md", "notes/deep/2.md", "-odd/f",
    ]

    /// The paths that `git archive` writes.
    private func exported(_ repository: Repository, _ tree: String = "HEAD") async throws -> [String] {
        let listing = try await Commands.run(
            "bash",
            ["-c", "git archive --format=tar \(tree) | tar --quoting-style=literal -tf -"],
            in: repository.path
        )
        return listing.split(separator: "\n").map(String.init).filter { !$0.hasSuffix("/") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private func check(_ attributes: [String: String]) async throws {
        var files = Dictionary(uniqueKeysWithValues: Self.files.map { ($0, "x") })
        files.merge(attributes) { $1 }
        let repository = try await Repository(files)
        let expected = try await exported(repository)
        #expect(try SourceTree.commit(directory: repository.path, revision: nil).paths == expected, "\(attributes)")
        #expect(try SourceTree.workingTree(directory: repository.path).paths == expected, "\(attributes)")
    }

    @Test(arguments: [
        "*.md export-ignore\n", "tests export-ignore\n", "tests/ export-ignore\n", "/tests export-ignore\n",
        "a/** export-ignore\n", "**/tests export-ignore\n", "a/*/tests/* export-ignore\n",
        "*.md export-ignore\nnotes/*.md -export-ignore\n", "*.md export-ignore\n1.md !export-ignore\n",
        "*.md export-ignore=no\n", "*.md -export-ignore export-ignore\n", "*.md export-ignore -export-ignore\n",
        "\"docs/x y.md\" export-ignore\n", "\"docs/\\303\\251.md\" export-ignore\n", "docs/é.md export-ignore\n",
        "docs/[[:upper:]].txt export-ignore\n", "docs/[![:lower:]]*.txt export-ignore\n",
        "docs/\\[x].txt export-ignore\n", "# tests export-ignore\n  tests export-ignore\n",
        "!tests export-ignore\n", "notes export-ignore\nnotes/1.md -export-ignore\n",
        "tests\texport-ignore\r\n", "*.MD export-ignore\n", "-odd export-ignore\n",
        "[attr]out export-ignore\n*.md out\n", "[attr]out export-ignore\n*.md out\n1.md -out\n",
        "[attr]out export-ignore\n*.md out\n1.md -export-ignore\n",
        "[attr]in -export-ignore\n*.md export-ignore\n1.md in\n",
        "[attr]outer inner\n[attr]inner export-ignore\ntests outer\n",
        "*.md out\n[attr]out export-ignore\n", "*.md out\n",
    ])
    func oneFileOfAttributes(_ attributes: String) async throws { try await check([".gitattributes": attributes]) }

    @Test func attributesInFoldersComeAfterThoseAbove() async throws {
        try await check([".gitattributes": "*.md export-ignore\n", "notes/.gitattributes": "*.md -export-ignore\n"])
        try await check(["a/.gitattributes": "b export-ignore\n/one.sql export-ignore\n"])
        try await check(["a/.gitattributes": "[attr]out export-ignore\n*.sql out\n"])
        try await check([".gitattributes": "[attr]out export-ignore\n", "-odd/.gitattributes": "f out\n"])
        try await check(["notes/deep/.gitattributes": "../1.md export-ignore\n* export-ignore\n"])
    }

    @Test func generatedAttributesGiveWhatGitGives() async throws {
        var random = FixedRandom(seed: 7)
        let patterns = [
            "*", "*.md", "*.sql", "a", "a/", "a/b", "b/", "**/b", "a/**", "tests", "/tests", "docs/*", "notes/**/2.md",
            "*.txt", "[a-d]*", "?", "deep",
        ]
        let words = ["export-ignore", "-export-ignore", "!export-ignore", "out", "-out", "!out", "text", "back"]
        for _ in 0..<25 {
            var attributes: [String: String] = [:]
            for folder in ["", "a/", "a/b/", "notes/"] where folder.isEmpty || Bool.random(using: &random) {
                var text = folder.isEmpty ? "[attr]out export-ignore\n[attr]back -export-ignore text\n" : ""
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    text += patterns.randomElement(using: &random) ?? "*"
                    for _ in 0..<Int.random(in: 1...2, using: &random) {
                        text += " " + (words.randomElement(using: &random) ?? "out")
                    }
                    text += "\n"
                }
                attributes["\(folder).gitattributes"] = text
            }
            try await check(attributes)
        }
    }

    @Test func aBundleInAFolderObeysTheAttributesAboveIt() async throws {
        let repository = try await Repository([
            "x/shop/bundle.yaml": "b", "x/shop/t/no": "", "x/shop/note.md": "", "x/shop/keep.md": "",
            ".gitattributes": "[attr]out export-ignore\n/x/shop/t export-ignore\n", "x/.gitattributes": "*.md out\n",
            "x/shop/.gitattributes": "keep.md -export-ignore\n",
        ])
        let expected = [".gitattributes", "bundle.yaml", "keep.md"]
        let shop = repository.scratch.path("x/shop")
        #expect(try SourceTree.commit(directory: shop, revision: nil).paths == expected)
        #expect(try SourceTree.workingTree(directory: shop).paths == expected)
    }

    @Test func substitutionsAreNotMade() async throws {
        let repository = try await Repository([
            "bundle.yaml": "b", "version.txt": "$Format:%H$\n", ".gitattributes": "version.txt export-subst\n",
        ])
        let tree = try SourceTree.commit(directory: repository.path, revision: nil)
        #expect(try tree.read("version.txt") == Array("$Format:%H$\n".utf8))
    }

    @Test func ignoredFilesAreThoseThatGitWouldIgnore() async throws {
        let patterns = "*.md\n!1.md\n/a/b/\ndocs/[[:upper:]]*\nx\\ y\n# comment\ndeep/\n!deep/2.md\n"
        var files = Dictionary(uniqueKeysWithValues: Self.files.map { ($0, "x") })
        files[".sheafignore"] = patterns
        files["notes/.sheafignore"] = "!deep/\n"
        let repository = try await Repository(files)
        let listing = try await repository.git(
            "-c",
            "core.quotePath=false",
            "ls-files",
            "-c",
            "-i",
            "--exclude-per-directory=.sheafignore"
        )
        let ignored = Set(listing.split(separator: "\n").map(String.init))
        try #require(ignored.count > 4)
        let kept = try SourceTree.commit(directory: repository.path, revision: nil).paths
        #expect(Set(files.keys).subtracting(ignored) == Set(kept))
    }
}
