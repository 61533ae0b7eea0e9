internal import SheafModel

/// The form `svg`: a picture that needs no other program to make, and none but a browser to see.
///
/// Waves are bands from top to bottom, wide ones in several rows; nested bundles are frames; lines run between boxes.
struct SVGDrawing {
    private static let gutter = 44.0
    private static let margin = 24.0
    private static let boxWidths = 132.0...236.0
    private static let smallestWidth = 680.0
    private static let besideLine = 10.0
    /// How many columns a wave has at least and at most.
    private static let columns = 4...16
    private static let regionColumns = 2...8

    private let graph: ResourceGraph
    private let boxes: [SVGBox]
    private let boxWidth: Double
    private let layout: LayeredLayout
    private let drawn: [ResourceGraph.Edge]
    /// Names that are against the order, once for each pair: the user and what it names.
    private let against: [(user: Int, named: Int)]

    init(graph: ResourceGraph, showsJobs: Bool) {
        self.graph = graph
        boxes = graph.nodes.map { SVGBox($0, showsJobs: showsJobs) }
        let widest = boxes.map(\.textWidth).max() ?? 0
        boxWidth = min(max(widest.rounded(.up), Self.boxWidths.lowerBound), Self.boxWidths.upperBound)
        drawn = graph.edges.filter(\.isDrawn)
        var seen: Set<[Int]> = []
        against = graph.contradictions.map { ($0.use.node, $0.named) }
            .filter {
                graph.nodes[$0.user].wave < graph.nodes[$0.named].wave && seen.insert([$0.user, $0.named]).inserted
            }
        layout = LayeredLayout(Self.input(graph, boxes, boxWidth, drawn, against))
    }

    private static func input(
        _ graph: ResourceGraph,
        _ boxes: [SVGBox],
        _ boxWidth: Double,
        _ drawn: [ResourceGraph.Edge],
        _ against: [(user: Int, named: Int)]
    ) -> LayoutInput {
        let gap = 24.0
        func rowWidth(_ count: Int, _ columns: ClosedRange<Int>) -> Double {
            let wanted = 1 + Int((Double(count).squareRoot() * 0.65).rounded())
            return Double(min(max(wanted, columns.lowerBound), columns.upperBound)) * (boxWidth + gap) - gap
        }
        var sizes = [Int](repeating: 0, count: graph.clusters.count)
        for node in graph.nodes { if let cluster = node.cluster { sizes[cluster] += 1 } }
        return LayoutInput(
            boxes: zip(boxes, graph.nodes).map { box, node in
                let size = box.size(width: boxWidth)
                return .init(
                    width: size.width,
                    height: size.height,
                    wave: node.wave - 1,
                    region: node.cluster.map { $0 + 1 } ?? 0
                )
            },
            edges: drawn.map { .init(from: $0.from, to: $0.to, weight: $0.isCritical ? 4 : 1) }
                + against.map { .init(from: $0.user, to: $0.named, weight: 0.5) },
            regions: [.init(parent: nil)] + graph.clusters.map { .init(parent: $0.parent.map { $0 + 1 } ?? 0) },
            metrics: .init(
                rowWidth: rowWidth(graph.nodes.count, columns),
                regionRowWidth: rowWidth(sizes.max() ?? 0, regionColumns),
                boxGap: gap,
                laneGap: 10,
                rowGap: 26,
                waveGap: 54,
                regionPadding: 16,
                regionHeader: 20
            )
        )
    }

    // MARK: Page

    func text() -> String {
        let width = max(Self.smallestWidth, layout.width + Self.gutter + 2 * Self.margin)
        var page = SVGCaption(graph: graph, left: Self.margin, right: width - Self.margin, top: Self.margin)
        let header = page.header(kinds: kinds, hasFrames: !graph.clusters.isEmpty, isAgainst: !against.isEmpty)
        let top = page.bottom + 14
        let left = Self.margin + Self.gutter + (width - layout.width - Self.gutter - 2 * Self.margin) / 2
        page.bottom = top + layout.height + 8
        let footer = page.footer(boxWidth: boxWidth)
        let height = page.bottom + Self.margin
        let size = "\(SVGText.number(width)) \(SVGText.number(height))"
        let title = SVGText.escaped("Bundle \(graph.bundle): \(GraphWords.summary(graph))")
        var text =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size)\" width=\"\(SVGText.number(width))\""
        text += " height=\"\(SVGText.number(height))\" role=\"img\" aria-label=\"\(title)\">\n<title>\(title)</title>\n"
        text += "<style>\n\(SVGStyleSheet.text)\n</style>\n\(Self.markers)"
        text += "<rect class=\"paper\" width=\"\(SVGText.number(width))\" height=\"\(SVGText.number(height))\"/>\n"
        let frames = self.frames(left, top)
        text += header + bands(top, width) + frames.shapes + lines(left, top) + frames.titles
        for (box, frame) in zip(boxes, layout.frames) { text += box.text(in: frame.moved(left, top)) }
        return text + footer + "</svg>\n"
    }

    private var kinds: [ResourceKind] {
        let used = Set(graph.nodes.map(\.id.kind) + graph.externals.filter { !$0.isBuiltIn }.map(\.id.kind))
        return ResourceKind.allCases.filter(used.contains)
    }

    private static let markers: String = {
        func marker(_ id: String, _ style: String, _ size: Double) -> String {
            "<marker id=\"sheaf-\(id)\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" orient=\"auto-start-reverse\""
                + " markerUnits=\"userSpaceOnUse\" markerWidth=\"\(SVGText.number(size))\""
                + " markerHeight=\"\(SVGText.number(size))\">"
                + "<path class=\"\(style)\" d=\"M0 0.8 10 5 0 9.2Z\"/></marker>"
        }
        return "<defs>" + marker("a", "a", 8) + marker("c", "ac", 11) + marker("x", "ax", 10)
            + marker("j", "a", 6) + "</defs>\n"
    }()

    // MARK: Parts

    private func bands(_ top: Double, _ width: Double) -> String {
        var text = ""
        for (wave, band) in layout.bands.enumerated() {
            if wave % 2 == 0 {
                let frame = LayoutFrame(
                    x: Self.margin,
                    y: band.top + top,
                    width: width - 2 * Self.margin,
                    height: band.bottom - band.top
                )
                text += "<rect class=\"band\"\(SVGBox.place(frame)) rx=\"6\"/>"
            }
            text += SVGBox.label("\(wave + 1)", "w", x: Self.margin + 26, y: band.top + top + 20)
        }
        return text + "\n"
    }

    /// The frames of nested bundles, the outer ones first; their titles stay readable under lines.
    private func frames(_ left: Double, _ top: Double) -> (shapes: String, titles: String) {
        var shapes = "", titles = ""
        for (number, cluster) in graph.clusters.enumerated() {
            guard let frame = layout.regions[number + 1]?.moved(left, top) else { continue }
            let name = SVGText.shortened("bundle \(graph.nodes[cluster.node].id.name)", to: frame.width - 24, size: 11)
            shapes += "<rect class=\"frame\"\(SVGBox.place(frame)) rx=\"10\"/>"
            titles += SVGBox.label(name, "s halo", x: frame.x + 12, y: frame.y + 17)
        }
        return shapes.isEmpty ? ("", "") : (shapes + "\n", titles + "\n")
    }

    /// The lines, the important ones last and so on top.
    private func lines(_ left: Double, _ top: Double) -> String {
        func rank(_ edge: ResourceGraph.Edge) -> Int { edge.isCritical ? 2 : edge.origin == .implied ? 0 : 1 }
        var text = "<g class=\"e\">\n"
        for wanted in 0...2 {
            for (number, edge) in drawn.enumerated() where rank(edge) == wanted {
                let isBackwards = layout.isDrawnBackwards[number]
                let data = SVGPath.data(layout.routes[number], left, top, isBackwards: isBackwards)
                text += "<path\(Self.style(of: edge, isBackwards: isBackwards)) d=\"\(data)\">"
                text += "<title>\(SVGText.escaped(tooltip(edge)))</title></path>\n"
            }
        }
        for (pair, route) in zip(against, layout.routes.dropFirst(drawn.count)) {
            // Beside the line that the order itself may have between the two.
            let data = SVGPath.data(route, left + Self.besideLine, top)
            let words = "\(graph.nodes[pair.user].id) names \(graph.nodes[pair.named].id), but comes before it"
            text +=
                "<path class=\"x\" d=\"\(data)\">"
                + "<title>\(SVGText.escaped(words))</title></path>\n"
        }
        return text + "</g>\n"
    }

    private static func style(of edge: ResourceGraph.Edge, isBackwards: Bool) -> String {
        var names: [String] = []
        if edge.origin == .implied { names.append("i") }
        if edge.origin == .inherited || edge.origin == .contained { names.append("o") }
        if edge.isCritical { names.append("c") }
        if isBackwards { names.append("r") }
        return names.isEmpty ? "" : " class=\"\(names.joined(separator: " "))\""
    }

    private func tooltip(_ edge: ResourceGraph.Edge) -> String {
        let reason = GraphWords.reason(edge)
        let head = "\(graph.nodes[edge.to].id) waits for \(graph.nodes[edge.from].id)"
        return reason.isEmpty ? head : "\(head)\n\(reason)"
    }
}

extension LayoutFrame {
    /// The same frame at another place.
    func moved(_ right: Double, _ down: Double) -> LayoutFrame {
        LayoutFrame(x: x + right, y: y + down, width: width, height: height)
    }
}
