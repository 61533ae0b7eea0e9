import SheafManifest
import SheafModel
import Testing

/// Dependencies and conditions between the items of a bundle.
@Suite struct BundleItemsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// Lines of the item `web`, which depends on `db`.
        var lines: String
        var findings: [String]
        var kind = "service"
        var says = ""

        var testDescription: String { name }
    }

    private static let cases: [Case] = [
        Case(name: "plain", lines: "dependencies: [db]", findings: []),
        Case(name: "one text", lines: "dependencies: db", findings: []),
        Case(
            name: "unknown",
            lines: "dependencies: [bd]",
            findings: ["error manifest.unknown-dependency"],
            says: "'web' depends on 'bd', which this bundle does not define"
        ),
        Case(name: "itself", lines: "dependencies: [web]", findings: ["error graph.self-dependency"]),
        Case(
            name: "bare text",
            lines: "dependencies: [db]\n    dependencyConditions: [{resourceId: db, runtime: running}]",
            findings: ["warning manifest.converted-type"]
        ),
        Case(
            name: "implied edge",
            lines: "dependencyConditions: [{resourceId: db, status: {is: [active]}}]",
            findings: ["warning manifest.condition-without-dependency"]
        ),
        Case(
            name: "unknown in a condition",
            lines: "dependencyConditions: [{resourceId: bd, status: {is: [active]}}]",
            findings: ["warning manifest.condition-without-dependency", "error manifest.unknown-dependency"].reversed()
        ),
        Case(
            name: "no test",
            lines: "dependencies: [db]\n    dependencyConditions: [{resourceId: db}]",
            findings: ["error manifest.empty-condition"]
        ),
        Case(
            name: "no word",
            lines: "dependencies: [db]\n    dependencyConditions: [{resourceId: db, status: {}}]",
            findings: ["error manifest.empty-condition"]
        ),
        Case(
            name: "odd status",
            lines: "dependencies: [db]\n    dependencyConditions: [{resourceId: db, status: {is: [actve]}}]",
            findings: ["warning manifest.doubtful-condition"]
        ),
        Case(
            name: "no runtime",
            lines: "dependencies: [db]\n    dependencyConditions: [{resourceId: db, runtime: {is: [running]}}]",
            findings: ["error manifest.impossible-condition"],
            kind: "secret"
        ),
        Case(
            name: "service that succeeds",
            lines: "dependencies: [db]\n    dependencyConditions: [{resourceId: db, runtime: {is: [succeeded]}}]",
            findings: ["warning manifest.doubtful-condition"]
        ),
        Case(
            name: "capital spelling",
            lines: "dependencies: [db]\n    dependencyConditions: [{ResourceId: db, runtime: {is: ['running:1']}}]",
            findings: ["warning manifest.key-spelling"]
        ),
    ]

    @Test(arguments: cases)
    func reportsExactlyWhatIsWrong(_ test: Case) throws {
        var db = Bundles.item("db", test.kind)
        if test.kind == "secret" {
            db = db.replacing("{stack: container, compute: c}", with: "{type: key-value, acl: r, data: {a: b}}")
        }
        let text = Bundles.bundle(db, Bundles.item("web", "service", test.lines))
        let resolution = try BundleResolver(files: MemoryFiles(files: ["bundle.yaml": text])).resolve()
        let found = resolution.diagnostics.filter { $0.severity != .note }.map { "\($0.severity.rawValue) \($0.code)" }
        #expect(found == test.findings)
        #expect(test.says.isEmpty || resolution.diagnostics.contains { $0.message.contains(test.says) })
        let validated = ManifestValidator.validate(Array(text.utf8), file: "bundle.yaml")
        #expect(validated.map(\.code) == resolution.diagnostics.map(\.code))
    }

    @Test func conditionsOfOneItemMustAllHoldAndOthersKeepTheDefault() throws {
        let conditions =
            "dependencies: [a, b]\n    dependencyConditions:\n"
            + "    - {resourceId: a, status: {is: [active, error]}, runtime: {contains: [running]}}\n"
            + "    - {resourceId: a, runtime: {is: ['running:2']}}\n"
            + "    - {resourceId: c, runtime: {is: running}}"
        let bundle = try Bundles.resolved([
            "bundle.yaml": Bundles.bundle(
                Bundles.item("a", "service"),
                Bundles.item("b", "service"),
                Bundles.item("c", "service"),
                Bundles.item("web", "service", conditions)
            )
        ])
        let web = try #require(bundle.resources.last)
        let (a, b, c) = (try Bundles.id("service:a"), try Bundles.id("service:b"), try Bundles.id("service:c"))
        #expect(
            web.dependencies == [
                Dependency(
                    resource: a,
                    status: StateTest(is: ["active", "error"]),
                    runtime: StateTest(contains: ["running"])
                ),
                Dependency(resource: a, runtime: StateTest(is: ["running:2"])),
                Dependency(resource: b),
                Dependency(resource: c, runtime: StateTest(is: ["running"])),
            ]
        )
    }

    @Test func aCycleIsPrintedWhole() throws {
        let text = Bundles.bundle(
            Bundles.item("a", "service", "dependencies: [b]"),
            Bundles.item("b", "service", "dependencies: [c]"),
            Bundles.item("c", "service", "dependencies: [a]"),
            Bundles.item("d", "service", "dependencies: [c]")
        )
        let resolution = try BundleResolver(files: MemoryFiles(files: ["bundle.yaml": text])).resolve()
        #expect(resolution.bundle == nil)
        let errors = resolution.diagnostics.filter { $0.severity == .error }
        #expect(errors.map(\.message) == ["the dependencies form a cycle: a -> b -> c -> a"])
        #expect(errors.first?.span?.line == 8)
    }

    @Test func aScheduledWorkflowDoesNotStaySucceeded() throws {
        let workflow =
            "name: w\nversion: v1\ntype: workflow\nworkflow:\n  schedule: {cron: '1 * * * *'}\n"
            + "  dag: [{name: j, spec: {stack: s, compute: c}}]\n"
        let found = try Bundles.findings([
            "bundle.yaml": Bundles.bundle(
                "  - {id: w, workspace: public, file: w.yaml}\n",
                Bundles.item(
                    "web",
                    "service",
                    "dependencies: [w]\n    dependencyConditions: [{resourceId: w, runtime: {is: [succeeded]}}]"
                )
            ),
            "w.yaml": workflow,
        ])
        #expect(found == ["warning manifest.doubtful-condition bundle.yaml:10"])
    }

    @Test func specAndFileExcludeEachOther() throws {
        let both = Bundles.item("web", "service", "file: a.yaml")
        let neither = "  - {id: a, workspace: public}\n"
        let empty = "  - {id: b, workspace: public, file: }\n"
        #expect(
            try Bundles.findings(["bundle.yaml": Bundles.bundle(both, neither, empty)]) == [
                "error manifest.spec-or-file bundle.yaml:8", "error manifest.spec-or-file bundle.yaml:14",
                "error manifest.empty-file bundle.yaml:15",
            ]
        )
    }
}
