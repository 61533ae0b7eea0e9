import SheafManifest
import SheafModel
import Testing

@Suite struct GraphRendererTests {
    private func bundle() throws -> ResolvedBundle {
        try Bundles.resolved([
            "bundle.yaml": Bundles.bundle(
                Bundles.item("db", "service"),
                Bundles.item(
                    "api",
                    "service",
                    "dependencies: [db]\n    dependencyConditions: [{resourceId: db, status: {is: [active]}, "
                        + "runtime: {is: ['running:1'], contains: [run]}}]"
                ),
                Bundles.item("web", "service", "dependencies: [api, db]")
            )
        ])
    }

    @Test(arguments: GraphFormat.allCases)
    func rendersTheDocumentedForm(_ format: GraphFormat) throws {
        let text = try GraphRenderer.render(bundle(), as: format)
        #expect(text.hasSuffix("\n"))
        #expect(try Repository.matchesGolden(text, "graph.golden.\(format.rawValue)"))
    }
}
