import SheafManifest
import SheafModel
import SheafTestSupport
import Testing

/// Pictures: what must hold for each of them, whatever the bundle.
@Suite struct GraphSVGTests {
    /// A bundle of which a picture is made.
    enum Shape: String, CaseIterable, Sendable {
        case everything, sixty, twoHundred, star, funnel, chain, alone

        func graph() throws -> ResourceGraph {
            switch self {
            case .everything: try GraphSamples.everything()
            case .sixty: GraphSamples.workers(60, seed: 7)
            case .twoHundred: GraphSamples.workers(200, seed: 8)
            case .star: GraphSamples.chainOf(101) { $0 == 0 ? [] : [0] }
            case .funnel: GraphSamples.chainOf(101) { $0 == 100 ? Array(0..<100) : [] }
            case .chain: GraphSamples.chainOf(40) { $0 == 0 ? [] : [$0 - 1] }
            case .alone: GraphSamples.chainOf(1) { _ in [] }
            }
        }
    }

    private func drawing(_ shape: Shape) throws -> SVGPicture {
        try SVGPicture(GraphRenderer(showsJobs: true).render(shape.graph(), as: .svg))
    }

    @Test(arguments: Shape.allCases)
    func aPictureIsWellFormedAndTheSameEachTime(_ shape: Shape) throws {
        let picture = try drawing(shape)
        #expect(XMLCheck.firstMistake(in: picture.text) == nil)
        #expect(try drawing(shape).text == picture.text)
        #expect(picture.text.contains("prefers-color-scheme"))
    }

    @Test(arguments: Shape.allCases)
    func everyResourceHasABoxInThePictureThatNothingCovers(_ shape: Shape) throws {
        let picture = try drawing(shape)
        let outside = try shape.graph().externals.count { !$0.isBuiltIn }
        let legend = try shape.graph().unused.isEmpty ? 0 : 1
        #expect(try picture.boxes.count == shape.graph().nodes.count + outside + legend)
        for (number, box) in picture.boxes.enumerated() {
            #expect(box.left >= 0 && box.top >= 0 && box.right <= picture.width && box.bottom <= picture.height)
            for other in picture.boxes[..<number] { #expect(!box.overlaps(other)) }
        }
    }

    @Test(arguments: Shape.allCases.filter { $0 != .twoHundred })
    func linesRunBetweenBoxes(_ shape: Shape) throws {
        let picture = try drawing(shape)
        let boxes = picture.boxes.map { $0.inset(by: 1) }
        for line in picture.lines {
            for point in line { #expect(!boxes.contains { $0.contains(point) }, "\(point) is in a box") }
        }
    }

    @Test(arguments: Shape.allCases)
    func aPictureIsNotTooWideToRead(_ shape: Shape) throws {
        #expect(try drawing(shape).width < 4_000)
    }

    @Test func everyDependencyIsALineOnceUnlessNestingRepeatsIt() throws {
        let graph = GraphSamples.workers(60, seed: 7)
        #expect(try drawing(.sixty).lines.count == graph.edges.count)
        let everything = try GraphSamples.everything()
        // One more leads from the resource that names what comes later.
        #expect(try drawing(.everything).lines.count == everything.edges.count { $0.isDrawn } + 1)
    }

    @Test func framesOfNestedBundlesHoldTheirBoxesAndNoOthers() throws {
        let picture = try drawing(.everything)
        let frame = try #require(picture.frames.last)
        let inner = picture.boxes.filter { frame.overlaps($0) }
        #expect(inner.count == 3)
        for box in inner {
            #expect(
                frame.left < box.left && frame.top < box.top && frame.right > box.right && frame.bottom > box.bottom
            )
        }
    }

    @Test func dashesTellImpliedDependenciesAndBoldTheCriticalPath() throws {
        let text = try drawing(.everything).text
        let graph = try GraphSamples.everything()
        let classes = text.matches(of: /<path class="([a-z ]+)" d=/).map { $0.output.1.split(separator: " ") }
        #expect(classes.count { $0.contains("i") } == graph.count(of: .implied))
        #expect(classes.count { $0.contains("c") } == graph.criticalPath.count - 1)
        #expect(classes.count { $0.contains("x") } == 1)
    }

    @Test func theDocumentedPictureIsThatOfTheExample() throws {
        let resolution = try BundleResolver(files: FolderFiles(folder: "bundles/quickstart")).resolve()
        let graph = try #require(ResourceGraph(resolution))
        let text = try GraphRenderer(showsJobs: true).render(graph, as: .svg)
        #expect(try Repository.matchesGolden(text, "../../../docs/images/graph.svg"), "run with SHEAF_UPDATE_GOLDEN=1")
    }

    /// The files of an example in the repository.
    private struct FolderFiles: BundleFiles {
        var folder: String

        func read(_ path: String) throws -> [UInt8]? { Array(try Repository.text("\(folder)/\(path)").utf8) }

        func displayPath(_ path: String) -> String { path }
    }

    @Test func hundredsOfResourcesAreDrawn() throws {
        let picture = try SVGPicture(GraphRenderer().render(GraphSamples.workers(600, seed: 9, edges: 1), as: .svg))
        #expect(picture.boxes.count == 600)
        #expect(picture.width < 20_000)
    }
}
