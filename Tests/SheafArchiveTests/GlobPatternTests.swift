import SheafArchive
import Testing

@Suite struct GlobPatternTests {
    struct Case: Sendable {
        let pattern: String, path: String, matches: Bool
        var isFolder = false
    }

    @Test(arguments: [
        Case(pattern: "*.md", path: "a/b.md", matches: true),
        Case(pattern: "/*.md", path: "a/b.md", matches: false),
        Case(pattern: "/*.md", path: "b.md", matches: true),
        Case(pattern: "a/*", path: "a/b/c", matches: false),
        Case(pattern: "a/**", path: "a/b/c", matches: true),
        Case(pattern: "a/**", path: "a", matches: false, isFolder: true),
        Case(pattern: "**/c", path: "c", matches: true),
        Case(pattern: "**/c", path: "a/b/c", matches: true),
        Case(pattern: "a/**/c", path: "a/c", matches: true),
        Case(pattern: "a/**/c", path: "a/x/y/c", matches: true),
        Case(pattern: "b/c", path: "a/b/c", matches: false),
        Case(pattern: "out/", path: "x/out", matches: false),
        Case(pattern: "out/", path: "x/out", matches: true, isFolder: true),
        Case(pattern: "[a-c]?.t", path: "bz.t", matches: true),
        Case(pattern: "[!a-c]?.t", path: "bz.t", matches: false),
        Case(pattern: "[]-]x", path: "-x", matches: true),
        Case(pattern: "[a", path: "[a", matches: false),
        Case(pattern: #"\*x"#, path: "*x", matches: true),
        Case(pattern: #"\*x"#, path: "yx", matches: false),
        Case(pattern: "a*b*c", path: "axxbyyc", matches: true),
    ])
    func matchesAsGitDoes(_ example: Case) throws {
        let pattern = try #require(GlobPattern(Array(example.pattern.utf8)))
        let path = example.path.split(separator: "/").map { Array($0.utf8) }
        #expect(pattern.matches(path, isFolder: example.isFolder) == example.matches, "\(example)")
    }
}
