import SheafArchive
import Testing

@Suite struct TextDifferenceTests {
    private func diff(_ old: String, _ new: String, path: String = "f") throws -> String {
        try TextDifference(from: Array(old.utf8), to: Array(new.utf8)).unified(path: path)
    }

    @Test func isEmptyForEqualTexts() throws { #expect(try diff("a\n", "a\n").isEmpty) }

    @Test func showsAChangeWithThreeLinesAroundIt() throws {
        let old = (1...9).map { "\($0)\n" }.joined()
        #expect(
            try diff(old, old.replacing("5\n", with: "five\n")) == """
                --- a/f
                +++ b/f
                @@ -2,7 +2,7 @@
                 2
                 3
                 4
                -5
                +five
                 6
                 7
                 8

                """
        )
    }

    @Test func putsNearChangesIntoOneHunkAndFarOnesIntoTwo() throws {
        let old = (1...30).map { "\($0)\n" }.joined()
        let near = old.replacing("5\n6\n", with: "5\nnew\n6\n")
        #expect(try diff(old, near).split(separator: "\n").count { $0.hasPrefix("@@") } > 0)
        let far = "0\n" + old + "31\n"
        let heads = try diff(old, far).split(separator: "\n").filter { $0.hasPrefix("@@") }
        #expect(heads == ["@@ -1,3 +1,4 @@", "@@ -28,3 +29,4 @@"])
    }

    @Test func tellsOfALastLineWithoutItsEnd() throws {
        #expect(try diff("a", "a\n") == "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n")
    }

    @Test func namesEmptySidesAndAbsolutePaths() throws {
        #expect(try diff("", "a\n", path: "/x/f") == "--- /x/f\n+++ /x/f\n@@ -0,0 +1 @@\n+a\n")
    }
}
