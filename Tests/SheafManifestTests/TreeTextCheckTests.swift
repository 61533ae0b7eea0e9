import SheafManifest
import SheafModel
import Testing

@Suite struct TreeTextCheckTests {
    struct Case: Sendable {
        var text: String
        /// Each as `line:column code`; empty where nothing is wrong.
        var findings: [String]
    }

    @Test(arguments: [
        Case(
            text: "data:\n  ${{a: b}}\n  ${{c: d}}\n",
            findings: ["2:3 placeholder-splits", "3:3 placeholder-splits"]
        ),
        Case(text: "data: ${{a}}\nb: ${{c}}:d\n", findings: []),
        Case(text: "name : web\n", findings: ["1:1 space-before-colon"]),
        Case(text: "a: {b : 1, \"c\" : 2}\n\"d\" : 3\n", findings: []),
        Case(text: "a: true\n  - b\nc: x\n", findings: ["1:4 swallowed-line"]),
        Case(text: "a:\n  ${k:v}\n  ${l:w}\n", findings: ["2:3 swallowed-line"]),
        Case(text: "a:\n  k:v\n  l:w\n", findings: ["2:3 swallowed-line"]),
        Case(text: "a: some words that go on\n  below, as texts may\n", findings: []),
        Case(text: "a: https://example.com\n  https://example.org\n", findings: []),
        Case(text: "a: total,\nb: x, y\nc: [a, b]\nd: 'x,'\ne: |\n  x,\n", findings: ["1:9 trailing-punctuation"]),
        Case(
            text: "a: https://x.y (default)\nb: f(x)\nc: see (default) here\n",
            findings: ["1:16 leftover-annotation"]
        ),
        Case(text: "created: 2024-06-11T08:30:25Z\n", findings: ["1:10 implicit-timestamp"]),
        Case(text: "endOn: 2024-06-11T08:30:25Z\nday: 2024-06-11\nq: '2024-06-11T08:30:25Z'\n", findings: []),
        Case(text: "l:\n  - name:\n    d: 1\n  - name: b\n    d: 2\n", findings: ["2:5 null-first-key"]),
        Case(text: "l:\n  - name:\n    d: 1\n  - name:\n    d: 2\n", findings: []),
        Case(text: "a: “web”\nb: it’s\n", findings: ["1:4 typographic-quote"]),
        Case(text: "# The meta sectionname: web\nversion: v1\n", findings: ["1:19 swallowed-key"]),
        Case(text: "# hostname: web\n# the username: x\nversion: v1 # see name: here\n", findings: []),
    ])
    func warnsOfTextsThatMeanSomethingElse(_ test: Case) {
        let diagnostics = TreeParser.parse(Array(test.text.utf8), file: "m.yaml").diagnostics
        let found = diagnostics.map {
            "\($0.span?.line ?? 0):\($0.span?.column ?? 0) \($0.code.replacing("manifest.", with: ""))"
        }
        #expect(found == test.findings)
        #expect(diagnostics.allSatisfy { $0.severity == .warning && $0.help != nil })
    }

    @Test func whatAliasesStandForIsReportedOnce() {
        let text = "a: &x {n: {m: 1}}\nb: &y\n  k : 1\nc: *y\nd: *x\n"
        #expect(TreeParser.parse(Array(text.utf8), file: "m.yaml").diagnostics.count == 1)
    }
}
