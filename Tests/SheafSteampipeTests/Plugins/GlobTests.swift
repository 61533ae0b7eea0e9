import SheafSteampipe
import Testing

@Suite struct GlobTests {
    @Test(arguments: [
        ("*", "", true), ("*", "abc", true), ("a*c", "abbc", true), ("a*c", "abcd", false), ("a?c", "abc", true),
        ("a?c", "ac", false), ("[a-c]x", "bx", true), ("[^a-c]x", "bx", false), ("\\*", "*", true), ("\\*", "a", false),
        ("*a*b*", "xxaxxbxx", true), ("csv_*", "csv", false), ("", "", true), ("", "a", false),
    ])
    func matchesNames(pattern: String, name: String, fits: Bool) throws {
        #expect(try #require(PathPattern(pattern)).matches(name) == fits)
    }

    @Test(arguments: ["[a", "a\\", "[]", "[b-a]"])
    func refusesBrokenPatterns(pattern: String) {
        #expect(PathPattern(pattern) == nil)
    }

    @Test(arguments: [
        ("*.csv", ["a.csv", "b.csv"]),
        ("**/*.csv", ["a.csv", "b.csv", "d/c.csv", "d/e/f.csv"]),
        ("d/**", ["d/c.csv", "d/e/f.csv", "d/e/g.txt"]),
        ("d/*/f.csv", ["d/e/f.csv"]),
        ("{a,b}.csv", ["a.csv", "b.csv"]),
        ("d/e/g.txt", ["d/e/g.txt"]),
        ("none/*.csv", []),
        ("d", []),
    ])
    func findsFiles(pattern: String, names: [String]) throws {
        let scratch = try ScratchFolder()
        for name in ["a.csv", "b.csv", "d/c.csv", "d/e/f.csv", "d/e/g.txt"] { try scratch.write("", to: name) }
        let glob = try Glob("\(scratch.path)/\(pattern)")
        #expect(glob.files == names.map { "\(scratch.path)/\($0)" })
        #expect(!glob.folders.isEmpty)
    }
}
