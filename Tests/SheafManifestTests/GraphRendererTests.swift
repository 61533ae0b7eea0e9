import SheafManifest
import SheafModel
import SheafTestSupport
import Testing

@Suite struct GraphRendererTests {
    @Test(arguments: GraphFormat.allCases.filter { $0 != .svg })
    func rendersTheDocumentedForm(_ format: GraphFormat) throws {
        let text = try GraphRenderer(showsJobs: true).render(GraphSamples.everything(), as: format)
        #expect(text.hasSuffix("\n"))
        #expect(try Repository.matchesGolden(text, "graph.golden.\(format.rawValue)"))
    }

    @Test(arguments: GraphFormat.allCases)
    func everyFormHoldsAnEmptyBundle(_ format: GraphFormat) throws {
        let graph = ResourceGraph(bundle: BundleBuilder.bundle([]), links: [:])
        #expect(try GraphRenderer().render(graph, as: format).contains("shop"))
    }

    @Test(arguments: GraphFormat.allCases)
    func jobsAreShownOnlyWhenAskedFor(_ format: GraphFormat) throws {
        let graph = try GraphSamples.everything()
        #expect(try GraphRenderer(showsJobs: true).render(graph, as: format).contains("fetch"))
        #expect(try !GraphRenderer().render(graph, as: format).contains("fetch"))
    }

    @Test(arguments: [GraphFormat.dot, .mermaid])
    func withoutImpliedDependenciesNothingIsDashed(_ format: GraphFormat) throws {
        let all = try GraphRenderer().render(GraphSamples.everything(), as: format)
        let written = try GraphRenderer().render(GraphSamples.everything(includesImplied: false), as: format)
        let dashes = format == .dot ? "dashed" : "-.->"
        #expect(all.contains(dashes))
        #expect(!written.contains(dashes))
    }

    private static let hostile = "a\"b<c>&d'e#f`g\u{1B}[31m\u{202E}\nh]]>-->\\"

    private func hostileGraph() -> ResourceGraph {
        let name = Self.hostile
        let id = ResourceID(kind: .worker, workspace: nil, name: name)
        var worker = BundleBuilder.worker(name)
        worker.item = name
        let other = ResourceID(kind: .depot, workspace: nil, name: name)
        let links = [id: [ResourceLink(resource: other, origin: .named(field: name))]]
        return ResourceGraph(bundle: BundleBuilder.bundle([worker], name: name), links: links)
    }

    @Test(arguments: GraphFormat.allCases)
    func hostileNamesDoNoHarm(_ format: GraphFormat) throws {
        let text = try GraphRenderer(showsJobs: true).render(hostileGraph(), as: format)
        #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0 == "\u{202E}" && format != .json })
        switch format {
        case .text: #expect(text.split(separator: "\n").count { $0.contains("h]]>") } == 3)
        case .dot: #expect(text.contains(#"a\"b<c>"#) && text.contains(#"-->\\"#))
        case .mermaid: #expect(text.contains("a#quot;b#lt;c#gt;#amp;d'e#35;f#96;g"))
        case .json: #expect(text.contains(#"a\"b<c>"#))
        case .svg:
            #expect(XMLCheck.firstMistake(in: text) == nil)
            #expect(text.contains("a&quot;b&lt;c&gt;&amp;d&#39;e"))
        }
    }
}
