import SheafManifest
import SheafModel
import Testing

@Suite struct WorkflowCheckTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var section: String
        var findings: [String]
        var says = ""

        var testDescription: String { name }
    }

    private static func job(_ name: String, _ more: String = "") -> String {
        "  - {name: \(name), spec: {stack: s, compute: c}\(more.isEmpty ? "" : ", \(more)")}\n"
    }

    private static let cases: [Case] = [
        Case(name: "good", section: "  dag:\n" + job("a") + job("b", "dependencies: a"), findings: []),
        Case(name: "no dag", section: "  title: x\n", findings: ["error manifest.missing-key 5:3"]),
        Case(name: "empty dag", section: "  dag: []\n", findings: ["error manifest.missing-key 5:8"]),
        Case(name: "empty job", section: "  dag:\n  -\n" + job("a"), findings: ["error manifest.missing-key 6:4"]),
        Case(
            name: "repeated name",
            section: "  dag:\n" + job("a") + job("a"),
            findings: ["error manifest.duplicate-job 7:12"]
        ),
        Case(
            name: "unknown dependency",
            section: "  dag:\n" + job("alpha") + job("b", "dependencies: [alhpa]"),
            findings: ["error manifest.unknown-dependency 7:60"],
            says: "'b' depends on 'alhpa', which this workflow does not define"
        ),
        Case(
            name: "itself",
            section: "  dag:\n" + job("a", "dependencies: [a]"),
            findings: ["error graph.self-dependency 6:60"]
        ),
        Case(
            name: "cycle",
            section: "  dag:\n" + job("a", "dependencies: [c]") + job("b", "dependencies: [a]")
                + job("c", "dependencies: [b]"),
            findings: ["error graph.cycle 6:60"],
            says: "a -> c -> b -> a"
        ),
        Case(
            name: "two cycles",
            section: "  dag:\n" + job("a", "dependencies: [b]") + job("b", "dependencies: [a]")
                + job("c", "dependencies: [d]") + job("d", "dependencies: [c]"),
            findings: ["error graph.cycle 6:60", "error graph.cycle 8:60"]
        ),
        Case(
            name: "neither spec nor file",
            section: "  dag:\n  - name: a\n",
            findings: ["error manifest.spec-or-file 6:5"]
        ),
        Case(
            name: "spec and file",
            section: "  dag:\n" + job("a", "file: b.yaml"),
            findings: ["error manifest.spec-or-file 6:45"]
        ),
        Case(
            name: "empty file",
            section: "  dag:\n  - name: a\n    file:\n",
            findings: ["warning manifest.empty-file 7:5"]
        ),
        Case(
            name: "job that lost its indentation",
            section: "  dag:\n  - name: a\n    stack: s\n",
            findings: ["error manifest.spec-or-file 6:5", "error manifest.misplaced-key 7:5"]
        ),
        Case(
            name: "retry in spec",
            section: "  dag:\n  - {name: a, spec: {stack: s, compute: c, retry: {count: 1}}}\n",
            findings: ["warning manifest.misplaced-key 6:44"]
        ),
        Case(
            name: "retry",
            section: "  dag:\n" + job("a", "retry: {strategy: On_transient_failure, duration: soon}"),
            findings: ["warning manifest.unusual-value 6:63", "error manifest.invalid-value 6:95"]
        ),
        Case(
            name: "cron with six fields",
            section: "  schedule: {cron: '0 * * * * *'}\n  dag:\n" + job("a"),
            findings: ["error manifest.invalid-cron 5:20"],
            says: "has 6"
        ),
        Case(
            name: "cron of dashes",
            section: "  schedule: {cron: '*/2 - - - *'}\n  dag:\n" + job("a"),
            findings: ["error manifest.invalid-cron 5:20"]
        ),
        Case(
            name: "cron with a gap",
            section: "  schedule: {cron: '* /2 * * * *'}\n  dag:\n" + job("a"),
            findings: ["error manifest.invalid-cron 5:20"]
        ),
        Case(
            name: "cron with a large step",
            section: "  schedule: {cron: '*/60 * * * *'}\n  dag:\n" + job("a"),
            findings: ["warning manifest.unusual-cron 5:20"]
        ),
        Case(
            name: "cron with words",
            section: "  schedule: {cron: '5/10 1-3 1,15 jan-mar Mon'}\n  dag:\n" + job("a"),
            findings: []
        ),
        Case(
            name: "time zone",
            section: "  schedule: {cron: '5 * * * *', timezone: Eurpoe/Berlin}\n  dag:\n" + job("a"),
            findings: ["error manifest.invalid-value 5:43"]
        ),
        Case(
            name: "end",
            section: "  schedule: {cron: '5 * * * *', endOn: 2022-01-01T23:30:45Z}\n  dag:\n" + job("a"),
            findings: []
        ),
        Case(
            name: "no end",
            section: "  schedule: {cron: '5 * * * *', endOn: tomorrow}\n  dag:\n" + job("a"),
            findings: ["error manifest.invalid-value 5:40"]
        ),
    ]

    @Test(arguments: cases)
    func reportsExactlyWhatIsWrong(_ test: Case) {
        let text = "name: w\nversion: v1\ntype: workflow\nworkflow:\n\(test.section)"
        let diagnostics = ManifestValidator.validate(Array(text.utf8), file: "m.yaml")
        let found = diagnostics.filter { $0.severity != .note }.map {
            "\($0.severity.rawValue) \($0.code) \($0.span?.line ?? 0):\($0.span?.column ?? 0)"
        }
        #expect(found == test.findings)
        #expect(test.says.isEmpty || diagnostics.contains { $0.message.contains(test.says) })
    }
}
