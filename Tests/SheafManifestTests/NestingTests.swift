import SheafManifest
import SheafModel
import Testing

/// Bundles in bundles and workflows in workflows.
@Suite struct NestingTests {
    @Test func itemsOfANestedBundleWaitForWhatTheBundleWaitsFor() throws {
        let bundle = try Bundles.resolved([
            "bundle.yaml": Bundles.bundle(
                Bundles.item("base", "service"),
                "  - {id: inner, file: inner/bundle.yaml, dependencies: [base]}\n",
                Bundles.item("last", "service", "dependencies: [inner]")
            ),
            "inner/bundle.yaml": Bundles.bundle(
                Bundles.item("a", "service"),
                "  - {id: b, workspace: public, file: b.yaml, dependencies: [a]}\n",
                name: "nested"
            ),
            "inner/b.yaml": Bundles.service("b"),
        ])
        #expect(bundle.resources.map(\.item) == ["base", "inner/a", "inner/b", "inner", "last"])
        let needs = Dictionary(
            uniqueKeysWithValues: bundle.resources.map { ($0.item, $0.dependencies.map(\.resource.name)) }
        )
        #expect(needs["inner/a"] == ["base"])
        #expect(needs["inner/b"] == ["base", "a"])
        #expect(needs["inner"] == ["base", "a", "b"])
        #expect(needs["last"] == ["nested"])
        let node = try #require(bundle.resources.first { $0.item == "inner" })
        #expect(node.id.description == "bundle:nested")
        #expect(node.manifest["bundle"] == .object([:]))
    }

    @Test func conditionsOfANestedBundleReachItsItems() throws {
        let bundle = try Bundles.resolved([
            "bundle.yaml": Bundles.bundle(
                Bundles.item("base", "service"),
                "  - {id: inner, file: b.yaml, dependencies: [base], dependencyConditions: "
                    + "[{resourceId: base, runtime: {is: ['running:1']}}]}\n"
            ),
            "b.yaml": Bundles.bundle(Bundles.item("a", "service"), name: "nested"),
        ])
        let inner = try #require(bundle.resources.first { $0.item == "inner/a" })
        #expect(inner.dependencies.first?.runtime == StateTest(is: ["running:1"]))
    }

    @Test func aBundleThatHoldsItselfIsReportedWithTheWay() throws {
        let resolution = try BundleResolver(
            files: MemoryFiles(files: [
                "bundle.yaml": Bundles.bundle("  - {id: x, file: a.yaml}\n"),
                "a.yaml": Bundles.bundle("  - {id: y, file: b.yaml}\n", name: "a"),
                "b.yaml": Bundles.bundle("  - {id: z, file: a.yaml}\n", name: "b"),
            ])
        ).resolve()
        #expect(resolution.diagnostics.map(\.code) == ["graph.bundle-recursion"])
        #expect(resolution.diagnostics.first?.message.contains("a.yaml -> b.yaml -> a.yaml") == true)
    }

    @Test func bundlesThatMultiplyAreRefused() throws {
        var files = ["bundle.yaml": Bundles.bundle("  - {id: a, file: b0.yaml}\n", "  - {id: b, file: b0.yaml}\n")]
        for level in 0..<16 {
            files["b\(level).yaml"] = Bundles.bundle(
                "  - {id: a, file: b\(level + 1).yaml}\n",
                "  - {id: b, file: b\(level + 1).yaml}\n",
                name: "b\(level)"
            )
        }
        files["b16.yaml"] = Bundles.bundle(Bundles.item("x", "service"), name: "b16")
        let resolution = try BundleResolver(files: MemoryFiles(files: files)).resolve()
        #expect(resolution.bundle == nil)
        #expect(resolution.diagnostics.contains { $0.code == "manifest.too-large" })
    }

    private static func workflow(_ name: String, _ nodes: String...) -> String {
        "name: \(name)\nversion: v1\ntype: workflow\nworkflow:\n  dag:\n" + nodes.map { "  - {\($0)}\n" }.joined()
    }

    private static let spec = "spec: {stack: s, compute: c}"

    @Test func nestedWorkflowsBecomeJobs() throws {
        let spec = Self.spec
        let bundle = try Bundles.resolved([
            "bundle.yaml": Bundles.bundle("  - {id: w, workspace: public, file: flows/w.yaml}\n"),
            "flows/w.yaml": Self.workflow(
                "w",
                "name: start, \(spec)",
                "name: load, file: load.yaml, dependencies: [start], retry: {count: 2}",
                "name: done, dependencies: [load], \(spec)"
            ),
            "flows/load.yaml": Self.workflow(
                "load",
                "name: a, \(spec)",
                "name: b, \(spec), dependencies: [a], retry: {count: 1}",
                "name: c, \(spec), dependencies: [a]",
                "name: deep, file: deep.yaml"
            ),
            "flows/deep.yaml": Self.workflow("deep", "name: x, \(spec)"),
        ])
        let workflow = try #require(bundle.resources.first).spec(WorkflowSpec.self)
        #expect(workflow.dag.map(\.name) == ["start", "load-a", "load-b", "load-c", "load-deep-x", "done"])
        #expect(
            workflow.dag.map { $0.dependencies ?? [] } == [
                [], ["start"], ["load-a"], ["load-a"], ["start"], ["load-b", "load-c", "load-deep-x"],
            ]
        )
        #expect(workflow.dag.map { $0.retry?.count } == [nil, nil, 1, nil, nil, nil])
        #expect(workflow.dag.map(\.group) == [nil, "load", "load", "load", "load", nil])
        #expect(workflow.groups?.map(\.name) == ["load"])
        #expect(workflow.groups?.first?.retry.count == 2)
    }

    @Test func nodesWithARetryAreGroupsInGroups() throws {
        let spec = Self.spec
        let bundle = try Bundles.resolved([
            "bundle.yaml": Bundles.bundle("  - {id: w, workspace: public, file: w.yaml}\n"),
            "w.yaml": Self.workflow(
                "w",
                "name: once, file: middle.yaml",
                "name: again, file: middle.yaml, retry: {count: 3}"
            ),
            "middle.yaml": Self.workflow("middle", "name: a, \(spec)", "name: in, file: deep.yaml, retry: {count: 1}"),
            "deep.yaml": Self.workflow("deep", "name: x, \(spec)"),
        ])
        let workflow = try #require(bundle.resources.first).spec(WorkflowSpec.self)
        #expect(workflow.groups?.map(\.name) == ["once-in", "again", "again-in"])
        #expect(workflow.groups?.map(\.parent) == [nil, nil, "again"])
        let groups = Dictionary(uniqueKeysWithValues: workflow.dag.map { ($0.name, $0.group) })
        #expect(groups == ["once-a": nil, "once-in-x": "once-in", "again-a": "again", "again-in-x": "again-in"])
    }

    @Test func whatIsWrongWithNestedWorkflowsIsReported() throws {
        let spec = Self.spec
        let found = try Bundles.findings([
            "bundle.yaml": Bundles.bundle("  - {id: w, workspace: public, file: w.yaml}\n"),
            "w.yaml": Self.workflow(
                "w",
                "name: self, file: w.yaml",
                "name: s, file: s.yaml",
                "name: a-b, \(spec)",
                "name: a, file: a.yaml"
            ),
            "s.yaml": Bundles.service("s"),
            "a.yaml": Self.workflow("a", "name: b, \(spec), dependencies: [c]") + "  schedule: {cron: '1 * * * *'}\n",
        ])
        #expect(
            found == [
                "error manifest.duplicate-job a.yaml:6", "error manifest.unknown-dependency a.yaml:6",
                "warning manifest.nested-schedule a.yaml:7", "error graph.workflow-recursion w.yaml:6",
                "error manifest.not-a-workflow w.yaml:7",
            ]
        )
    }
}
