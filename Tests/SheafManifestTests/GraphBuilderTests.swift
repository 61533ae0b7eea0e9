import SheafManifest
import SheafModel
import SheafTestSupport
import Testing

/// What a graph knows of a bundle.
@Suite struct GraphBuilderTests {
    private func edges(_ graph: ResourceGraph, to name: String) -> [String] {
        graph.edges.filter { graph.nodes[$0.to].id.name == name }.map { edge in
            "\(edge.origin.rawValue) \(graph.nodes[edge.from].id.name)"
        }
    }

    @Test func everyResourceStandsInTheFirstWaveAfterAllThatItWaitsFor() {
        let graph = GraphSamples.workers(120, seed: 4)
        for edge in graph.edges {
            #expect(edge.from < edge.to)
            #expect(graph.nodes[edge.from].wave < graph.nodes[edge.to].wave)
        }
        for (number, wave) in graph.waves.enumerated() {
            for node in wave {
                let needed = graph.edges.filter { $0.to == node }.map { graph.nodes[$0.from].wave }.max()
                #expect(needed ?? 0 == number)
            }
        }
        #expect(graph.waves.joined().sorted() == Array(graph.nodes.indices))
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func theCriticalPathIsALongestChainOfEdges(_ seed: UInt64) {
        let graph = GraphSamples.workers(60, seed: seed)
        #expect(graph.criticalPath.count == graph.waves.count)
        for (from, to) in zip(graph.criticalPath, graph.criticalPath.dropFirst()) {
            #expect(graph.edges.contains { $0.from == from && $0.to == to && $0.isCritical })
        }
        #expect(graph.edges.count { $0.isCritical } == graph.criticalPath.count - 1)
        #expect(Set(graph.nodes.indices.filter { graph.nodes[$0].isCritical }) == Set(graph.criticalPath))
    }

    @Test func anEmptyBundleHasAnEmptyGraph() {
        let graph = GraphSamples.workers(0, seed: 1)
        #expect(graph.waves.isEmpty && graph.criticalPath.isEmpty && graph.edges.isEmpty)
    }

    @Test func originsTellWhatIsWrittenImpliedAndNested() throws {
        let graph = try GraphSamples.everything()
        #expect(edges(graph, to: "db") == ["implied password"])
        #expect(edges(graph, to: "files") == ["explicit early"])
        #expect(edges(graph, to: "load") == ["inherited db"])
        #expect(edges(graph, to: "cache") == ["inherited db", "explicit load"])
        #expect(edges(graph, to: "feed") == ["explicit db", "contained load", "contained cache"])
        #expect(edges(graph, to: "web") == ["explicit feed", "implied cache"])
    }

    @Test func aWrittenDependencyThatIsNamedTooIsExplicitAndKeepsTheField() throws {
        let graph = try GraphSamples.graph(
            GraphSamples.item("key", "secret", GraphSamples.secret),
            GraphSamples.item(
                "web",
                "service",
                GraphSamples.workload("dataosSecrets: [{name: key}]"),
                "dependencies: [key]"
            )
        )
        let edge = try #require(graph.edges.first)
        #expect(edge.origin == .explicit)
        #expect(edge.fields == ["service.dataosSecrets[0].name"])
    }

    @Test func severalConditionsOnOneResourceAreOneEdge() throws {
        let graph = try GraphSamples.graph(
            GraphSamples.item("db", "service", GraphSamples.workload()),
            GraphSamples.item(
                "web",
                "service",
                GraphSamples.workload(),
                "dependencyConditions: [{resourceId: db, status: {is: [active]}}, "
                    + "{resourceId: db, runtime: {contains: [run]}}]"
            )
        )
        #expect(graph.edges.map { $0.conditions.map(\.description) } == [["status is active", "runtime contains run"]])
    }

    @Test func withoutImpliedDependenciesTheWavesAreThoseOfTheWrittenOnes() throws {
        let graph = try GraphSamples.everything(includesImplied: false)
        #expect(graph.count(of: .implied) == 0)
        let db = try #require(graph.nodes.first { $0.id.name == "db" })
        #expect(db.wave == 1)
        #expect(graph.criticalPath.count == graph.waves.count)
    }

    @Test func whatNestingRepeatsIsNotDrawn() throws {
        let graph = try GraphSamples.everything()
        let hidden = graph.edges.filter { !$0.isDrawn }.map {
            "\(graph.nodes[$0.from].id.name) \(graph.nodes[$0.to].id.name)"
        }
        #expect(hidden == ["db cache", "db feed", "load feed"])
    }

    @Test func nestedBundlesAreClustersWithinEachOther() throws {
        let graph = try GraphSamples.graph([
            "bundle.yaml": Bundles.bundle("  - {id: a, file: a.yaml}\n", Bundles.item("x", "service")),
            "a.yaml": Bundles.bundle("  - {id: b, file: b.yaml}\n", Bundles.item("y", "service"), name: "a"),
            "b.yaml": Bundles.bundle(Bundles.item("z", "service"), name: "b"),
        ])
        let cluster = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.item, $0.cluster) })
        let names = graph.clusters.map { graph.nodes[$0.node].id.name }
        #expect(names == ["a", "b"])
        #expect(graph.clusters.map(\.parent) == [nil, 0])
        #expect(cluster == ["x": nil, "a": 0, "a/y": 0, "a/b": 1, "a/b/z": 1])
    }

    @Test func jobsKnowWhatTheyWaitFor() throws {
        let graph = try GraphSamples.everything()
        let load = try #require(graph.nodes.first { $0.id.name == "load" })
        #expect(load.jobs.map(\.name) == ["fetch", "store"])
        #expect(load.jobs.map(\.dependencies) == [[], [0]])
    }

    @Test func whatNothingUsesIsToldForKindsThatAreThereToBeUsed() throws {
        let graph = try GraphSamples.everything()
        #expect(graph.unused.map { graph.nodes[$0].id.description } == ["secret:old-key:shop"])
    }

    @Test func whatIsNotInTheBundleIsToldWithItsUses() throws {
        let graph = try GraphSamples.everything()
        #expect(graph.externals.map(\.id.description) == ["compute:runnable-default", "depot:lake", "stack:container"])
        #expect(graph.externals.map(\.isBuiltIn) == [true, false, true])
        let use = try #require(graph.externals[1].uses.first)
        #expect(graph.nodes[use.node].id.name == "load")
        #expect(use.field == "workflow.dag[0].spec.envs.IN")
    }

    struct Misnamed: Sendable {
        var kind: String, section: String, suggestion: String?
    }

    @Test(arguments: [
        Misnamed(kind: "worker", section: "dataosSecrets: [{name: pasword}]", suggestion: "secret:password:shop"),
        Misnamed(
            kind: "worker",
            section: "dataosSecrets: [{name: password, workspace: lab}]",
            suggestion: "secret:password:shop"
        ),
        Misnamed(kind: "worker", section: "dataosSecrets: [{name: certificate}]", suggestion: nil),
        Misnamed(kind: "worker", section: "tempVolume: pasword", suggestion: nil),
    ])
    func aMissingNameThatIsNearAnUnusedOneIsQuestioned(_ sample: Misnamed) throws {
        let graph = try GraphSamples.graph(
            GraphSamples.item("password", "secret", GraphSamples.secret),
            GraphSamples.item("web", sample.kind, GraphSamples.workload(sample.section))
        )
        let external = try #require(graph.externals.first { !$0.isBuiltIn })
        #expect(external.suggestion?.description == sample.suggestion)
    }

    @Test func aNameAgainstTheWrittenOrderIsPointedOut() throws {
        let graph = try GraphSamples.everything()
        #expect(graph.contradictions.map { graph.nodes[$0.use.node].id.name } == ["early"])
        #expect(graph.contradictions.map { graph.nodes[$0.named].id.name } == ["files"])
        #expect(graph.contradictions.map(\.use.field) == ["worker.tempVolume"])
        #expect(!graph.edges.contains { graph.nodes[$0.to].id.name == "early" })
    }

    @Test func resourcesThatNameEachOtherAreOrderedAndToldOnce() throws {
        func service(_ name: String, _ other: String) -> String {
            GraphSamples.item(name, "service", GraphSamples.workload("envs: {URL: 'http://\(other):80/'}"))
        }
        let graph = try GraphSamples.graph(service("a", "b"), service("b", "a"), service("c", "c"))
        #expect(graph.edges.count == 1)
        #expect(graph.contradictions.count == 1)
    }

    @Test func longRowsOfNamesAreOrderedInLinearTime() throws {
        // Each names the one before it and the one after it, so every second name is against the order.
        let count = 400
        let items = (0..<count).map { number in
            GraphSamples.item(
                "s\(number)",
                "service",
                GraphSamples.workload("envs: {A: 'http://s\(number + 1)/', B: 'http://s\(number - 1)/'}")
            )
        }
        let text = "name: shop\nversion: v1beta\ntype: bundle\nbundle:\n  resources:\n" + items.joined()
        let graph = try GraphSamples.graph(["bundle.yaml": text])
        #expect(graph.edges.count == count - 1)
        #expect(graph.contradictions.count == count - 1)
        #expect(graph.waves.count == count)
    }
}
